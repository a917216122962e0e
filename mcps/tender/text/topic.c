#include "topic.h"

#include <glib.h>

/* A stem stands at the beginning of a word; with ~ anywhere in it; with a dot it is the whole word. */
static const struct {
	const char *name, *stems;
} topics[] = {
	{ "law", "law. laws. legal legislat act. regulation statut ordinance permit ~gesetz ~verordnung vorschrift "
		 "~recht. tarif mindestlohn ~wage. wages. genehmigung umweltrecht governed" },
	{ "insurance", "insur ~versicher policy. deckungssumme indemnity" },
	{ "liability", "liab haft indemnif harmless claim ansprüche. ansprüchen. schäden schadens" },
	{ "dispute", "court. courts. gericht jurisdiction dispute arbitrat schlicht terminat kündig" },
	{ "exclusion",
	  "debar suspend insolv bankrupt convict corrupt fraud brib ausschlussgr konkurs insolvenz bestech "
	  "verurteil conflict sanction zuverlässig unzuverlässig" },
	{ "register", "regist licen ~register. ~registers. handwerksrolle eintrag eingetragen gewerbe berufs" },
	{ "reference", "reference referen ~referenz vergleichbar comparable similar" },
	{ "rights", "copyright intellectual proprietary ownership owned nutzungsrecht urheber eigentum patent title." },
	{ "secret", "confiden vertraul stillschweig geheim verschwieg nondisclosure disclos" },
	{ "subcontract", "subcontract nachunternehm unterauftr subunternehm assign abtret consortium joint" },
	{ "privacy",
	  "privacy gdpr dsgvo datenschutz personenbezogen auftragsverarbeit pseudonym anonym ~löschen. löscht. "
	  "delet erase" },
	{ "protect",
	  "secur encrypt verschlüssel passw kennw authent firewall malware virus viren penetration "
	  "vulnerab ~lücken. breach hack tls. bsi. 27001. soc. informationssicherheit berechtig ~zugriff zugang "
	  "zutritt access. multifactor factor. cyber backup ~sicherung. sicherungen. hash isms. privileg" },
	{ "price",
	  "price pricing prices cost costs fee. fees. rate. rates. tariff preis ~preis ~preise ~preisen kosten "
	  "~kosten entgelt honorar stundens tagess quote. quoted. vat. umsatzsteuer mwst netto brutto" },
	{ "discount", "discount rebate skonto rabatt nachlass preisnachl" },
	{ "currency", "euro. euros. eur. usd. gbp. dollar pound franken chf. currency währung" },
	{ "invoice", "invoic ~rechnung ~rechnungen abrechn bill. billed billing xrechnung" },
	{ "pay", "pay. paid. payable payment pays. zahlt. zahl zahlung vergüt fällig" },
	{ "penalty", "penalt liquidated damages. vertragsstraf konventionalstraf verzug deduct malus" },
	{ "bond", "bond. bonds. deposit guarantee. bürgschaft sicherheitsleist kaution retention earnest surety" },
	{ "warranty", "warrant gewährleist mängel defect garant guarantees. spare ersatzteil verjähr" },
	{ "turnover", "turnover ~umsatz revenue sales. solven bonität bank" },
	{ "deliver", "deliver liefer ~lieferung ~lieferungen ship shipment packag ~pack verpack unload entlad versand "
		     "warehouse anliefer transport fracht freight" },
	{ "finish", "complet finish abschlie abgeschlossen abschluss fertig begin begun beginn start golive live. "
		    "inbetriebnahme milestone meilenstein schedul zeitplan terminplan ~fristen. commenc ausführung "
		    "bauzeit produktivstart mobilis mobiliz" },
	{ "accept", "acceptance abnahme handover hand. übergabe übergibt trial. probebetrieb commission. "
		    "commissioning" },
	{ "migrate",
	  "migrat altdaten übernahme ~übernehm implement einführung install ~montage montier aufstell aufbau "
	  "rollout transition" },
	{ "train", "train schul. schult. schulen. ~schulung einweis manual. manuals. handbuch handbücher "
		   "bedienungsanleit instruct course. unterweis" },
	{ "support", "support help. helpdesk hotline ~desk. störung stoerung fault emergency notfall rufbereit callout "
		     "call. calls. erreichbar entstör wartung maintenance" },
	{ "hours", "hour. hours. stunde. stunden. uhr. o'clock workday werktag werktags working. minuten. minutes." },
	{ "days", "day. days. week. weeks. tag. tage. tagen. woche. wochen. monat. monate. monaten. month. months." },
	{ "staff", "staff personnel employee worker crew. operative. operatives. ~personal. ~personals. mitarbeit "
		   "beschäftigte ~kraft. ~kräfte. ~kräften. team. teams. guard driver. drivers. fahrer nurse cleaner "
		   "technician techniker ~person. ~personen. individual people" },
	{ "leader", "manager. managers. supervisor leader. foreman ~leiter ~leitung. ansprechperson ansprechpartn "
		    "architect. engineer. engineers. specialist expert." },
	{ "skill", "qualif experience experienced erfahrung ausbildung degree. diploma zertifizier certif abschluss. "
		   "studium skill fluent speak spricht sprach deutschkenn sprachkenn language. languages. licence. "
		   "führerschein führungszeug background clearance sachkund" },
	{ "conduct",
	  "uniform badge clothing bekleid kleidung ausweis lichtbild helmet helm. shoes. wear. tragen. trägt. "
	  "smok rauch hygiene alcohol alkohol" },
	{ "replace", "replac substitut deputy vertret stellvertret ersatzpers wechsel absent ill. illness krank" },
	{ "report", "report ~bericht. ~berichte. ~berichten. berichtet. erstatten. statisti figures. auswertung "
		    "kennzahl progress fortschritt reporting" },
	{ "record",
	  "record. records. recorded. document. documented. documentation dokumentier dokumentation protokoll. "
	  "protokolle. protokolliert. niederschrift log. logbook tagebuch ~buch. aufzeichn photograph foto. "
	  "fotos. inventory nachweise. timesheet stundenzettel ticket. archiv" },
	{ "meeting", "meeting. meetings. besprech ~gespräch. ~gespräche. sitzung jour termin. kickoff review. workshop "
		     "ausschuss present. presentation präsent" },
	{ "regular", "monthly weekly quarterly annual annually daily yearly monatlich wöchentlich vierteljähr "
		     "halbjähr jährlich täglich quarter. quartal" },
	{ "tell",
	  "inform. informs. informiert. notif notice. mitteil mitzuteil anzeig anzuzeig unterricht melde gemeldet "
	  "meldung advise. benachricht" },
	{ "bid",
	  "bid. bids. tender. tenders. proposal offer. offers. quotation. quotations. response. angebot ~angebot "
	  "teilnahmeantr bewerbung application. applications. offerte eingabe" },
	{ "submit", "submi einreich einzureich eingereicht abgab abgegeb abzugeb abgabe upload hochlad hochzul "
		    "vorzuleg vorleg beizufüg beifüg beigefügt enclos attach. attached. include. receiv eingeh einge "
		    "mail. e-mail post. fax fax. portal. vergabeplatt vergabeport envelope umschlag sealed" },
	{ "form", "form. forms. formblatt ~formblätter vordruck template vorlage annex. appendix. schedule. exhibit. "
		  "attachment. anlage. fill. filled. ausfüll auszufüll ausgefüll box. boxes. preisblatt "
		  "questionnaire fragebogen leistungsverzeichnis letter. cover. résumé resume cv. curricul lebensl" },
	{ "sign",
	  "sign. signed. signs. signature signatur ~schrift. ~schrieben. unterschr unterzeich declar ~erklärung. "
	  "~erklärungen. affidavit initialled initialed certify attest textform" },
	{ "ask", "question fragen. frage. rückfrage bieterfrage clarif auskunft auskünfte unklarheit enquir inquir" },
	{ "late", "late. verspätet reject exclud excluded disqualif unvollständ incomplete ausschluss ausgeschl "
		  "berücksichtigt valid. gültig bindefrist gebunden withdraw zurückz" },
	{ "page", "page. pages. seite. seiten. font. words. schriftgr a4. sides. sheet. concept. konzept describe. "
		  "beschreib explain erläuter darleg darstell please. bitte. deutscher. copies. copy. ausfertig" },
	{ "lot", "lot. lots. los. lose. losen. lose variant nebenangebot alternativ hauptangebot gemeinschaft "
		 "~gemeinschaft ~gemeinschaften group." },
	{ "bidder", "bidder tenderer offeror applicant proposer proponent respondent vendor. vendors. quoter bieter "
		    "bewerber candidate firm. firms." },
	{ "contractor", "contractor supplier provider consultant auftragnehm lieferant dienstleist" },
	{ "system", "system software application. platform user. users. nutzer benutz anwend plattform lösung. module. "
		    "modul. schnittstell interface api. import export database datenbank screen. app. dashboard "
		    "website webseite search. suche. filter workflow" },
	{ "work",
	  "clean reinig mow mäh. mähen. cut. cuts. schneid schnitt repair reparier ~leeren. empty paint streich "
	  "remove removal entfern wash wasch inspect survey collect räum streu pflege pflanz dig. erstellt. plan" },
	{ "measure", "availab verfügbar percent prozent least. mindestens höchstens most. exceed exceeds überschreit "
		     "unterschreit maximum maximal minimum minimal tolerance toler temperatur capacity kapazit weight. "
		     "gewicht noise schall temperature db. mm. cm. kg. kw. bar. seconds sekunden accuracy genauigk" },
	{ "standard", "standard. standards. din. iso. en. astm norm. normen. wcag. bitv. barriere accessib conform "
		      "compliant class. klasse. ip klass quality qualität güte ral." },
	{ "green",
	  "environment umwelt emission recycl energy energie nachhalt sustainab öko organic bio. climate klima "
	  "co2. carbon. waste. ~abfall abfälle euro6 blau" },
	{ "level",
	  "sla. kpi. level. levels. service-level indicator. kennzahl. target zielwert uptime ausfall downtime "
	  "punctual pünktlich satisfaction zufrieden complaint beschwerde response antwortzeit reaktions "
	  "reaktionszeit availability" },
	{ "stuff", "material steel stahl concrete beton wood. holz. paper papier fabric surface oberfläch colour farb "
		   "fresh frisch new. neu. resist bestän strength festigk" },
};

struct stem {
	const char *text, *topic;
	size_t len;
	bool anywhere, whole;
	struct stem *next, *next_anywhere; /* with the same first letters */
};

#define N_PAIRS 1024 /* of a stem's first two bytes; none is shorter */

static struct stem *by_pair[N_PAIRS], *by_pair_anywhere[N_PAIRS];
static bool ready;

static unsigned pair_of(const char *s)
{
	return ((unsigned)(unsigned char)s[0] * 33 + (unsigned char)s[1]) % N_PAIRS;
}

static void learn(const char *topic, const char *word)
{
	struct stem *s = g_new0(struct stem, 1);
	size_t len = strlen(word);
	unsigned pair;

	s->anywhere = word[0] == '~';
	s->whole = word[len - 1] == '.';
	s->len = len - s->anywhere - s->whole;
	s->text = g_strndup(word + s->anywhere, s->len);
	s->topic = topic;
	pair = pair_of(s->text);
	s->next = by_pair[pair];
	by_pair[pair] = s;
	if (!s->anywhere)
		return;
	s->next_anywhere = by_pair_anywhere[pair];
	by_pair_anywhere[pair] = s;
}

void topic_preload(void)
{
	ready = true;
	for (size_t i = 0; i < N_ELEMS(topics); i++) {
		gchar **stems = g_strsplit_set(topics[i].stems, " ", -1);

		for (gchar **s = stems; *s; s++) {
			if (**s)
				learn(topics[i].name, *s);
		}
		g_strfreev(stems);
	}
}

static bool matches(const struct stem *s, const char *word)
{
	return strncmp(word, s->text, s->len) == 0 && (!s->whole || word[s->len] == '\0');
}

void topic_each(const char *word, void (*use)(void *arg, const char *topic), void *arg)
{
	if (!ready)
		topic_preload();
	if (!word[0])
		return;
	for (const struct stem *s = by_pair[pair_of(word)]; s; s = s->next) {
		if (matches(s, word))
			use(arg, s->topic);
	}
	for (const char *at = word + 1; *at; at++) {
		for (const struct stem *s = by_pair_anywhere[pair_of(at)]; s; s = s->next_anywhere) {
			if (matches(s, at))
				use(arg, s->topic);
		}
	}
}
