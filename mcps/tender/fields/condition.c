#include "condition.h"

#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define MOST_SENTENCE  420
#define OBLIGING_SCORE 68
#define MOST_POINT     40 /* words */
#define MOST_LABEL     60
#define LABEL_WORDS    7
#define LEAST_WORDS    5

static struct pattern obliges = {
	"\\b(?:must|shall|should|has to|have to|needs?|required|cannot|may not|no \\w+ may|neither \\w+|not (?:be )?(?:permitted|allowed|eligible|accepted|considered))\\b|"
	"\\b(?:muss|müssen|dürfen|darf|verfügt|verfügen|beschäftigt|erforderlich|verlangt|gefordert|vorausgesetzt|voraussetzung|nicht zugelassen)\\b|\\bha(?:t|ben) .{1,200} zu \\w+n\\b",
	0, NULL, NULL
};
/* How the bid is made and judged, what may be, and what others do, is no condition there. */
static struct pattern of_procedure = {
	"\\b(?:must|shall|should|ha(?:s|ve) to|needs? to) (?:\\w+ ){0,3}?(?:submit|provide|state|sign|complete|enclose|attach|explain|describe|indicate|demonstrate|upload|return|furnish|mark|declare|list|lodge|answer|fill|include|confirm|use|show|give|name|identify|acknowledge|disclose|notify|inform|read|note|ensure|specify|support|evidence|set out|address|respond|take|bear|accept|agree)\\w*\\b|"
	"\\b(?:einzureichen|vorzulegen|anzugeben|beizufügen|beizulegen|auszufüllen|abzugeben|zu (?:benennen|erklären|unterschreiben|belegen|verwenden|bestätigen|nennen)|(?:eingereicht|vorgelegt|beigefügt|angegeben|ausgefüllt|abgegeben|belegt|erbracht) werden|vorlegen|einreichen|nachweisen)\\b|"
	"^\\W*(?:[\\d.]+\\s+)?(?:we|our|the (?:\\w+ )?(?:authority|council|client|buyer|city|county|university|committee|purchaser|agency|owner|government|state|department|board|bank|principal|ministry)|der auftraggeber|die auftraggeberin|die vergabestelle|proof|evidence|proposals?|bids?|tenders?|copies|documents?|(?:die )?(?:nachweise?|unterlagen|belege|angebote))\\b|\\bmay (?:also )?be (?:used|met|relied)|\\b(?:these|following) (?:are|qualifications|criteria|requirements|conditions)\\b|\\bfolgenden?\\b|\\bassess\\w*\\b|\\bevaluat\\w+\\b|\\b(?:scored?|points|weighting|gewertet|punkte)\\b|"
	"\\b(?:nachstehend|vorstehend|vorgenannt)\\w*|\\bfails? (?:any|to)\\b|\\bsets? out\\b|^\\W*die eignung muss\\b|"
	"\\b(?:each|all|any|every|one|sämtliche|alle|jede|eine) .{0,24}(?:criteri\\w+|conditions?|qualifications?|mindestanforderung\\w*|mindestbedingung\\w*|\\w*kriterien)\\b",
	0, NULL, NULL
};

#define BIDDER \
	"(?:bidders?|offerors?|proposers?|vendors?|respondents?|contractors?|tenderers?|applicants?|suppliers?|firms?|company|companies|quoters?|sellers?|oem|consultants?|proponents?)"

/* Bidders by names that no party to a contract has; what they hand in. */
#define WHO_BIDS \
	"(?:bidders?|offerors?|proposers?|respondents?|tenderers?|applicants?|proponents?|quoters?|candidates?|firms?|vendors?|you|your (?:company|firm|organi[sz]ation|business))"
#define WOULD_BIDS "\\b(?:bids?|tenders?|offers?|proposals?|quot(?:es|ations)|applications?|participation)"
#define WER_BIETET "(?:bieter|bewerber|anbieter|unternehmen|teilnehmer)(?:in|innen)?"

static struct pattern eligible[] = {
	{ "\\b" BIDDER
	  "\\b.{0,60}\\b(?:must|shall|should|has to|have to)\\b.{0,60}\\b(?:have|hold|possess|demonstrate|be)\\b.{0,120}\\b(?:experience|turnover|certif\\w+|licen[cs]\\w*|regist\\w+|insur\\w+|profit\\w*|"
	  "empanelled|contract under|schedule|authori[sz]ed|scheduled|qualified|in (?:good standing|business)|references?)",
	  82, NULL, NULL },
	{ "\\b" BIDDER
	  "\\b.{0,60}\\b(?:must|shall|should|may)\\b.{0,12}\\bnot\\b.{0,80}\\b(?:blacklist\\w*|debarred|insolven\\w*|bankrupt\\w*|liquidation|suspended|involved|convict\\w*)",
	  84, NULL, NULL },
	{ "\\bminimum (?:average )?(?:annual )?(?:turnover|revenue|net worth)|\\bannual turnover\\b.{0,60}\\b(?:of|at least|minimum)\\b",
	  80, NULL, NULL },
	{ "\\b(?:minimum|at least|not less than)\\b.{0,40}\\b(?:years?|yrs)\\b.{0,30}\\bexperience\\b|\\bminimum of .{0,30}(?:references|years|projects|insurance)",
	  76, NULL, NULL },
	{ "\\b(?:will not be (?:qualified|eligible)|(?:is|are|be) (?:in)?eligible to|be deemed (?:unacceptable|ineligible)|not be eligible|only .{0,60} (?:will be|are|is) eligible)\\b",
	  78, NULL, NULL },
	{ "\\bminimum of .{0,20}\\b(?:general|professional)\\b.{0,30}\\binsurance\\b|\\bperformance bond\\b.{0,80}\\brequired\\b",
	  74, NULL, NULL },
	{ "ausschlussgründe\\b.{0,60}\\b(?:§|123|124|vorliegen)|eigenerklärung\\b.{0,120}\\b(?:ausschluss|eignung)", 80,
	  NULL, NULL },
	{ "eintragung\\b.{0,40}\\b(?:handels|berufs)\\w*|nachweis (?:der|einer|über)\\b.{0,80}\\b(?:eintragung|versicherung|haftpflicht\\w*|qualifikation|umsatz|eignung)",
	  80, NULL, NULL },
	{ "berufshaftpflicht\\w*\\b.{0,100}\\b(?:mindest|mio|deckung)|deckungssumme|mindestumsatz|mindestjahresumsatz|gesamtumsatz",
	  76, NULL, NULL },
	{ "\\b(?:mindestens|mind\\.) .{0,20}\\breferenz|\\breferenzen der letzten|referenzprojekte aus", 78, NULL,
	  NULL },
	{ "\\b(?:is|are|being) (?:an? )?(?:(?:100 ?%|one hundred percent|totally?|partially|exclusively) )*set[- ]aside\\b.{0,60}\\b(?:small business|veteran|hubzone|8\\(a\\)|wom[ae]n-owned)",
	  76, NULL, NULL },
	{ WOULD_BIDS
	  "\\b from (?:\\w+ ){0,8}(?:will|shall|are|is|may|can)? ?not (?:be )?(?:permitted|accepted|considered|allowed|entertained)\\b|" WOULD_BIDS
	  "\\b.{0,40}\\b(?:accepted|considered|open|limited|restricted|invited)\\b.{0,6}\\b(?:only|exclusively|solely) (?:from|to|for)\\b",
	  76, NULL, NULL },
	{ "\\b(?:cannot|can ?not|may not|shall not|must not|not (?:be )?(?:permitted|allowed|entitled) to|neither) (?:participate|take part|compete|submit an? (?:bid|tender|offer))\\b|\\btake part neither\\b|^\\W*" BIDDER
	  "\\b.{10,200}\\b(?:cannot be considered|(?:are|is) not eligible)\\b|\\bbrokers?\\b.{0,40}\\bnot (?:be )?(?:considered|accepted)",
	  76, NULL, NULL },
	{ "\\b(?:consorti(?:a|ums?)|joint ventures?)\\b.{0,60}\\bnot (?:be )?(?:permitted|allowed|accepted|eligible)\\b|(?:bieter|bewerber|arbeits)gemeinschaften\\b.{0,60}\\b(?:nicht zugelassen|unzulässig|ausgeschlossen|nicht erlaubt)\\b",
	  74, NULL, NULL },
	{ "\\b(?:berücksichtigt|zugelassen|eingeladen) werden nur \\b.{0,20}(?:unternehmen|anbieter|bieter|bewerber|firmen|betriebe)",
	  76, NULL, NULL },
	{ "\\b" WHO_BIDS
	  "\\b(?:(?: \\w+){0,2}|[^.;]{0,40},) (?:must|shall|should|ha(?:s|ve) to|needs? to) (?:\\w+ ){0,2}?have (?:\\w+ly )?(?:been|had|done|\\w+ed|built|run|sold|held|won)\\b|\\b" WER_BIETET
	  "\\b.{0,40}\\b(?:muss|müssen)\\b.{10,220}\\b(?:\\w*ge\\w+|\\w+iert|erbracht|\\w+führt) haben\\b",
	  76, NULL, NULL },
	{ "\\b(?:" WHO_BIDS
	  "|(?:prime|general) contractors?)\\b(?: \\w+){0,2} (?:must|shall|ha(?:s|ve) to) (?:\\w+ ){0,2}?(?:own|employ|be (?:pre-?qualified|established|located|based|headquartered|enrolled|resident|licen[sc]ed)|have (?:available|an? (?:place|office|branch|permanent|local)))\\b",
	  72, NULL, NULL },
	{ "\\b(?:total|partial) (?:small business|veteran|hubzone)\\b.{0,30}\\bset[- ]aside", 76, NULL, NULL },
	{ "\\bjoint venture\\b.{0,40}\\beach (?:member|partner|party)\\b.{0,30}\\b(?:must|shall|has to)\\b|\\bjedes mitglied (?:der|einer) bietergemeinschaft\\b.{0,60}(?:erfüllen|eignung|nachweis)",
	  72, NULL, NULL },
	{ "(?:referenz|haftpflicht|umsatz|eintragung|handelsregister)\\w*\\b.{0,120}\\bnachzuweisen\\b", 74, NULL,
	  NULL },
	{ "präqualifizierte unternehmen|zertifizierung (?:des|durch|nach)\\b", 70, NULL, NULL },
};

/* Under a heading that is about eligibility, what names a proof or a state of the bidder is a condition. */
static struct pattern condition = {
	"\\b(?:experience|insurance|turnover|licen[cs]\\w*|certifi\\w+|registration|registered|debarred|exclu\\w+|convict\\w*|insolven\\w*|holds?|degree|carried out|supplied|similar|(?:last|past|previous) (?:\\w+ )?(?:\\w+ )?years|persons who|financial statements?|references?)\\b|"
	"referenz|versicherung|\\bumsatz|eintrag|mitglied|ausschlussgr|§§|nachweis|nachzuweisen|berufsbezeichnung|erlaubnis|zertifi|erfahrung|letzten \\w+ (?:jahre|geschäftsjahre)|befähigung|leistungsfähigkeit von|eigenerklärung",
	0, NULL, NULL
};

/* A condition says of whom, of what, and that it must be so. */
static struct pattern subject = {
	"\\b(?:bidders?|offerors?|proposers?|respondents?|tenderers?|applicants?|quoters?|proponents?|candidates?|you|your (?:company|firm|organi[sz]ation|business|turnover|bid)|firms?|(?:the|each|every|a) company|"
	"unternehmen|bieter(?:in|innen)?|bewerber(?:in|innen)?|anbieter(?:in)?|teilnehmer|die agentur|das büro|der betrieb|die firma|ihr (?:unternehmen|betrieb)|(?:müssen|brauchen|benötigen) sie|sie (?:müssen|brauchen|benötigen))\\b",
	0, NULL, NULL
};
static struct pattern topic = {
	"\\b(?:insurance|turnover|revenues?|net worth|professional indemnity|public liability|employer[’']?s[’']? liability|solven\\w+|insolven\\w*|bankrupt\\w*|references?|experience|licen[cs]e[ds]?|registered|registration|certified|certification|accredit\\w+|convict\\w*|exclusion|debarred|blacklist\\w*|"
	"audited accounts|financial statements|in business|traded|in production|live on|(?:have|has) (?:\\w+ )?(?:completed|provided|supplied|installed|delivered|performed|executed|operated)|similar (?:works?|contracts?|services)|made profits?|employees)\\b|"
	"833/2014|russland|sanktion|versicherung|haftpflicht|\\bumsatz|jahresumsatz|referenz|erfahrung|eingetragen|eintragung|zertifi|verurteil|ausschlussgr|jahresabschl|beschäftigt|mitarbeitende|fest ?angestellt|festanstellung|zulassung|genehmigung nach|erlaubnis|konzession|bonität|rating|"
	"ausgestattet|beliefer|durchgeführt haben|erbracht|zurückblicken|vergleichbare[nr]? (?:leistung|auftr|projekt|vorhaben)|insolvenz",
	0, NULL, NULL
};
static struct pattern cue = {
	"\\b(?:must|shall|should|has to|have to|needs? to|you need|required|at least|minimum|not less than|no less than|a condition|ask for|cannot be|not eligible|ineligible|excluded|disqualified|above|or more)\\b|"
	"voraussetzung|verlangt|gefordert|erforderlich|\\bmuss|\\bmüssen|\\bdarf|\\bdürfen|mindestens|wenigstens|nicht weniger als|nachzuweisen|nachweis|nicht berücksichtigt|ausgeschlossen|haben (?:bereits|schon)|\\bkann auf\\b",
	0, NULL, NULL
};
/* Of the people that do the work, of what is delivered; definitions; what others do. */
static struct pattern of_others = {
	"^\\W*(?:[\\d.]+\\s+)?(?:the |all |any |each |every |die |das |der |alle )?(?:(?:an? |one |ein[en]? )(?:[\\w-]+ ){0,4}(?:manager|supervisor|leader|superintendent|foreman|officer)\\b|mechanics?|staff|personnel|drivers?|technicians?|operators?|key experts?|employees?|supervisors?|project manager|team leader|site manager|forem[ae]n|guards?|firearms|vehicles?|licen[cs]es|trainers?|subcontractors?|senior|fahrer|monteure|mitarbeiter|personal|reinigungskräfte|projektleit\\w*|successful|contractor|supplier|auftragnehmer|auftraggeber|AN|AG|they|all of them)\\b|"
	"^\\W*(?:[\\d.]+\\s+)?(?:die |der |das )?\\p{L}*(?:projektleit|bauleit|teamleit)\\w*\\b|^\\W*zertifizierung nach (?:DIN|EN|ISO)\\b|"
	"^\\W*(?:[\\d.]+\\s+)?(?:the|die|der) (?:\\w+ ){0,2}(?:authority|council|client|buyer|city|county|university|committee|purchaser|agency|owner|government|state|department|board|bank|principal|ministry) (?:may|will|reserves|intends|expects)\\b|"
	"\"[^\"]{2,40}\" (?:means|bedeutet|ist)\\b|\\b(?:price|prices|preise) (?:must|shall|müssen)\\b|\\bfails? any\\b|\\bweight|\\bpoints\\b|\\bpunkte",
	0, NULL, NULL
};

/* What the contract asks of whoever has won, and names of forms. */
static struct pattern of_contract = {
	"^\\W*(?:[\\d.]+\\s+)?(?:the |der |die )?(?:(?:successful|selected|winning) \\w+|contractor|supplier|operator|concessionaire|licensee|auftragnehmer(?:in)?|AN|lieferant(?:in)?|dienstleister(?:in)?|unternehmer(?:in)?|betreiber(?:in)?)\\b.{0,40}\\b(?:insur|maintain|hold|provide|unterhält|schlie(?:ss|ß)t|\\w*haftpflicht|versicher)|"
	"^\\W*(?:\\d{3}\\W+|form\\w* \\w+\\W+)eigenerklärung\\b|^\\W*(?:die |eine )?eigenerklärung (?:zu[mr]?|über)\\b[^.]{0,60}$|^\\W*angebotsschreiben\\b",
	0, NULL, NULL
};
/* Forms and prices, whom not to speak to, a form's field for a sum, what a security is lost for. */
static struct pattern no_condition = {
	"_{4}|\\bforfeit\\w*\\b|^\\W*(?:I ?/ ?we|ich ?/ ?wir)\\b|^\\W*quellen? der ausschlussgründe|^\\W*(?:kriterium|criterion|type of criterion) ?:|^\\W*(?:anhang|anlage|beilage|annex|appendix|attachment|exhibit|formblatt|formular|vordruck) (?:[A-Z]|\\d{1,3})\\b|"
	"^\\W*(?:late|incomplete|unsigned|alternative|conditional|faxed) |^\\W*als nachweis genüg|^\\W*nicht präqualifizierte\\b|\\banother (?:bid|tender|proposal|offer)\\b|\\bpräqualifizierte unternehmen können\\b|\\bdigital signature\\b|\\bsignature certificate\\b|\\b(?:all|sämtliche|alle) .{0,24}(?:criteria|eignungskriterien|mindestanforderungen) .{0,16}(?:met|erfüll)|^\\W*(?:the |a |an |your |duly |fully |all )*(?:completed|signed|filled)\\b|"
	"^\\W*(?:the |a |your )*(?:price|pricing|bid|tender|quotation|cost) (?:schedule|form|sheet|table|security)\\b|\\brepresentations and certifications\\b|"
	"\\b(?:shall|must|may|should) (?:not|only) contact\\b|\\bto contact (?:any|other)\\b|\\bcontact with\\b|\\b(?:in|\\() ?(?:euro|eur|€|t€|usd|gbp)\\)?$",
	0, NULL, NULL
};
/* Labels of notices, of whatever follows. */
static struct pattern description = { "^\\W*(?:beschreibung|description)\\b[^:]{0,30}:", 0, NULL, NULL };
static struct pattern allows = {
	"\\b(?:may|can|kann|können|dürfen|optional|is not|are not|ist nicht|sind nicht|if|where|wenn|falls|sofern)\\b",
	0, NULL, NULL
};

void condition_preload(void)
{
	pattern_compile(&obliges, 1);
	pattern_compile(&of_procedure, 1);
	pattern_compile(&condition, 1);
	pattern_compile(&subject, 1);
	pattern_compile(&topic, 1);
	pattern_compile(&cue, 1);
	pattern_compile(&of_others, 1);
	pattern_compile(&of_contract, 1);
	pattern_compile(&no_condition, 1);
	pattern_compile(&description, 1);
	pattern_compile(&allows, 1);
	pattern_compile(eligible, N_ELEMS(eligible));
}

static bool is_condition(const char *text, bool under_head)
{
	if (strlen(text) > MOST_SENTENCE || pattern_match(&of_others, text))
		return false;
	if (under_head && pattern_match(&condition, text))
		return true;
	if (!pattern_match(&topic, text))
		return false;
	return under_head ? pattern_match(&cue, text) || pattern_match(&subject, text)
			  : pattern_match(&cue, text) && pattern_match(&subject, text);
}

const char *condition_text(const char *text)
{
	const char *colon = strstr(text, ": ");
	size_t len = colon ? (size_t)(colon - text) : 0;

	if (!colon || len > MOST_LABEL || memchr(text, ',', len) ||
	    text_words(text) > LABEL_WORDS + text_words(colon + 2) || text_words(colon + 2) < LEAST_WORDS ||
	    !g_unichar_isupper(g_utf8_get_char(colon + 2)))
		return text;
	return util_ends(text, ".") || pattern_match(&description, text) ? colon + 2 : text;
}

/* In a section of nothing but conditions. */
static bool is_obliging(const char *text, enum head head)
{
	return head == HEAD_SURE && strlen(text) <= MOST_SENTENCE && text_words(text) >= LEAST_WORDS &&
	       pattern_match(&obliges, text) && !pattern_match(&of_procedure, text);
}

int condition_score(const char *text, enum head head)
{
	bool under_head = head != HEAD_NONE;
	int score = PATTERN_SCORE(eligible, text);

	if (util_ends(text, ":") || pattern_match(&no_condition, text) || pattern_match(&of_contract, text) ||
	    (score && head != HEAD_SURE && pattern_match(&of_others, text)))
		return 0;
	if (score)
		return score + (under_head ? 6 : 0);
	if (is_condition(text, under_head))
		return under_head ? 74 : 68;
	return is_obliging(text, head) ? OBLIGING_SCORE : 0;
}

bool condition_is_point(const char *text)
{
	return util_ends(text, ".") && text_words(text) >= LEAST_WORDS && text_words(text) <= MOST_POINT &&
	       condition_text(text) == text && !PATTERN_SCORE(eligible, text) && !is_condition(text, true) &&
	       !pattern_match(&of_procedure, text) && !pattern_match(&no_condition, text) &&
	       !pattern_match(&allows, text);
}

bool condition_is_sure(const char *text)
{
	return PATTERN_SCORE(eligible, text) > 0;
}

bool condition_is_proof(const char *text)
{
	return pattern_match(&condition, text);
}

bool condition_is_about(const char *text)
{
	return pattern_match(&topic, text) || pattern_match(&condition, text);
}

bool condition_is_procedure(const char *text)
{
	return pattern_match(&of_procedure, text);
}

bool condition_is_none(const char *text)
{
	return pattern_match(&no_condition, text);
}

bool condition_names_bidder(const char *text)
{
	return pattern_match(&subject, text);
}
