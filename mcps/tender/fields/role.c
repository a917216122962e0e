/*
 * Every date is held against the words beside, before and around it. A label or the cell of a table says more than a
 * sentence.
 */
#include "role.h"

#include "tender/text/pattern.h"

#define OFFERS \
	"(?:proposals?|bids?|tenders?|quot(?:es?|ations?)|offers?|responses?|submissions?|applications?|packages?|SOQs?)"
#define ANGEBOTE "(?:\\w*angebote?[sn]?|offerten?)"
#define REQUESTS                                                                                                       \
	"(?:requests? (?:to participate|for participation)|expressions? of interest|EOIs?|pre-?qualifications?|PQQs?|" \
	"selection questionnaires?|applications? to participate)"
#define ANTRAEGE  "(?:teilnahmeantr(?:ag|äge)\\w*|bewerbung(?:en)?|interessens?bestätigung(?:en)?)"
#define QUESTIONS "(?:questions?|inquir(?:y|ies)|enquir(?:y|ies)|quer(?:y|ies)|clarifications?|Q ?& ?A)"
/* How a letter speaks of what one may ask. */
#define UNCLEAR                                                                                                 \
	"(?:\\b(?:unclear|not (?:entirely |quite |fully )?clear|in (?:any )?doubt|wish to ask|want to ask)\\b|" \
	"\\b(?:unklar|nicht (?:ganz )?klar|wissen (?:möchten|wollen))\\b)"
#define LIMIT                                                                                                         \
	"(?:deadline|time[- ]limit|closing (?:date|time)|due(?: date)?|last (?:date|day|time)|latest|cut-?off|final " \
	"date|end date)"
#define UNTIL "(?:by|before|until|untill|till|than|prior to|on|up ?to|at the latest)"
/* What a tender is called where its own end is meant. */
#define TENDER "(?:RF[PQTIX]s?|ITTs?|ITBs?|IFBs?|NITs?|EOIs?|solicitations?|call|competition|opportunity|" OFFERS ")"

/* What stands before a date, or beside it, gives it its role; the score is how sure that is. */
static struct pattern submission_for[] = {
	{ "frist für den eingang der (?:angebote|interessens)", 96, NULL, NULL },
	{ "schlusstermin für den eingang|ablauf der (?:angebots|einreichungs)frist|bid end date", 94, NULL, NULL },
	{ "\\b(?:frist|termin|schluss\\w*|ende|ablauf)\\b.{0,40}\\b(?:" ANGEBOTE "|einreichung|abgabe)", 92, NULL,
	  NULL },
	{ "\\b(?:angebots|abgabe|einreichungs|eingabe|offert)-?(?:(?:end|schluss)?termin|frist|schluss)", 93, NULL,
	  NULL },
	{ "^\\W*(?:\\d+\\W+)?(?:abgabe|einreichung|eingang|eingabe|einsendung)(?: \\p{L}{2,4})? (?:\\p{L}+ )?" ANGEBOTE
	  "(?: \\p{L}+)?\\W*$",
	  92, NULL, NULL },
	{ LIMIT "\\b.{0,60}\\b(?:submi\\w*|receipts?|receiving|receive|lodg\\w*|" OFFERS ")\\b", 92, NULL, NULL },
	{ OFFERS "\\b.{0,24}\\b(?:due|deadline|closing|closes?|end date|cut-?off)\\b", 92, NULL, NULL },
	{ OFFERS " (?:are|is|must be|shall be|will be) due\\b", 94, NULL, NULL },
	{ OFFERS
	  "\\b.{0,260}\\b(?:received|submitted|delivered|uploaded|sent|e-?mailed|lodged|returned|in our hands|in hand|to hand|"
	  "reach|reaches|arrives?|accepted|entered|deposited|forwarded|posted|filed|be with|be in|be made|come in)\\b.{0,120}\\b" UNTIL
	  "\\b",
	  86, NULL, NULL },
	{ OFFERS
	  "\\b.{0,60}\\b(?:received|submitted|delivered|uploaded|arriv\\w+|lodged|sent|coming in)\\b.{0,60}\\b(?:after|later "
	  "than)\\b[^.]{0,40}$",
	  85, NULL, NULL },
	{ "\\b(?:submit|deliver|furnish|upload|send|e-?mail|return|lodge|have|receive|get|expect|request|invite|welcome|accept|provide)\\b"
	  ".{0,80}\\b" OFFERS "\\b.{0,100}\\b" UNTIL "\\b",
	  84, NULL, NULL },
	{ "\\b(?:must|should|has to|have to|needs? to) (?:be with us|reach us|be in our hands|be here)\\b.{0,60}\\b" UNTIL
	  "\\b",
	  74, NULL, NULL },
	{ "\\byour (?:\\w+ )?(?:prices?|figures?|documents|papers)\\b.{0,60}\\b" UNTIL "\\W*(?:\\w+day\\W*)?$", 76,
	  NULL, NULL },
	{ "\\b" TENDER "(?: period)? (?:will |shall )?(?:closes?|closing|ends?|expires?)\\b", 90, NULL, NULL },
	{ "\\b(?:closing|due|submission|return|lodge?ment) (?:dates?|times?|deadline)(?:(?:,| and| &) times?)?(?: (?:for|of)\\b[^.]{0,50})? "
	  "(?:is|are|will be|shall be|has been)\\b[^.]{0,40}$",
	  88, NULL, NULL },
	{ "\\b(?:submissions?|tender|bidding|bid) (?:period|window)\\b.{0,40}\\b(?:closes?|ends?|until|to)\\b", 88,
	  NULL, NULL },
	{ "\\b" OFFERS
	  "\\W+(?:\\w+\\W+){0,3}?(?:by|before|until|up ?to|no later than|not later than)\\W*(?:\\w+day\\W*)?$",
	  86, NULL, NULL },
	{ "^\\W*(?:\\d+\\W+)?" OFFERS "\\W*$", 80, NULL, NULL },
	{ "\\b" ANGEBOTE "\\b.{0,100}\\b(?:bis|spätestens)\\b|^\\W*(?:\\w*angebote)\\W*$", 86, NULL, NULL },
	{ "(?:einreichung|abgabe|eingang)\\b.{0,40}\\b" ANGEBOTE "\\b.{0,40}\\b(?:bis|spätestens|:)", 86, NULL, NULL },
	{ "\\b(?:abgabe|einreichung|eingang)\\b.{0,20}\\b(?:bis|spätestens)\\b", 78, NULL, NULL },
	{ "\\b" ANGEBOTE
	  "\\b.{0,240}\\b(?:bis|spätestens)\\b.{0,40}\\b(?:vorliegen|eingehen|eingegangen|einlangen|eintreffen|eingereicht)\\b|\\b" ANGEBOTE
	  "\\b.{0,60}\\b(?:nach (?:dem|diesem)\\W*$|.{0,60}\\b(?:vorliegen|vorzuliegen|eingehen|einzugehen|eingegangen|einlangen|"
	  "eintreffen|einzureichen|abzugeben|hochzuladen)\\b)",
	  84, NULL, NULL },
	{ "\\b(?:frist|termin)\\b.{0,30}\\b(?:abgabe|einreichung|angebots\\w*|submission)\\b.{0,60}\\b(?:bis|auf|vom|am)\\b",
	  84, NULL, NULL },
	{ "^\\W*(?:(?:submission|final|response|the|please) )*(?:deadline|due date|due|closing|closes|clos(?:ing|ure) (?:date|time)|return|submit|reply|respond|end "
	  "date)(?: (?:by|on|at|date|not later than))*(?:(?: (?:and|&) |/)(?:local )?time)?\\W*$",
	  76, NULL, NULL },
	{ "^\\W*(?:schlusstermin|abgabe(?:termin|frist|datum|schluss)?|eingabe(?:frist|termin)|einreich(?:e|ungs)?-?(?:frist|termin|schluss)|"
	  "einsendeschluss|fristende|frist(?:ablauf)?)(?: bis| am| ist)*\\W*$",
	  78, NULL, NULL },
};

/* A label names its date with few words: what is limited, and that it ends. */
static struct pattern submission_label[] = {
	{ "^(?=.{1,110}$)(?=.*\\b(?:" LIMIT "|clos(?:es?|ing|ure)|ends?))(?=.*\\b(?:" TENDER
	  "|submi\\w*|lodge?\\w*|receipt|return\\w*|upload\\w*)\\b)",
	  90, NULL, NULL },
	{ "^(?=.{1,90}$)(?=.*\\b(?:" TENDER
	  ")\\b)(?=.*\\b(?:return\\w*|submission|submitted|receipt|received|lodge?ment|by|until|up ?to|not "
	  "later)\\b)",
	  84, NULL, NULL },
	{ "^\\W*" OFFERS "(?: date)?(?: (?:and|&) time)?\\W*$", 82, NULL, NULL },
	{ "^(?=.{1,110}$)(?=.*(?:frist|termin|schluss|ende\\b|ablauf|\\bbis\\b|spätestens|fällig|datum|zeitpunkt))"
	  "(?=.*(?:angebot|offert|einreich|abgabe|eingabe|einsend|eingang|einlang|submission))",
	  90, NULL, NULL },
	{ "^\\W*(?:\\d+\\W+)?(?:angebots?|offert)-?(?:abgabe|einreichung|eingabe|eingang)\\W*$", 88, NULL, NULL },
};

/* Words of another date: no words of the role make up for them. */
static struct pattern submission_never[] = {
	{ "\\b" QUESTIONS
	  "\\b|pre-?(?:bid|proposal|tender)|conference|\\bmeeting\\b|interview|presentation|walk-?through",
	  1, NULL, NULL },
	{ "\\bstands? (?:open |firm |good )?(?:for|until|till)\\b|\\b(?:remain|kept|held|hold|keep) (?:open|firm|good|valid)\\b|\\b(?:firm|good) (?:for|until|till|through|up ?to)\\b|\\birrevocabl|\\bverbindlich\\b",
	  1, NULL, NULL },
	{ "\\bvalidity|\\b(?:remains?|shall be|must be|is|are|stays?|kept?) valid\\b|\\bvalid (?:until|till|for|through|up ?to)\\b|"
	  "bindefrist|zuschlagsfrist|gültig|gebunden|site (?:visit|inspection)|besichtigung|begehung",
	  1, NULL, NULL },
	{ "\\bawards?\\b(?! contract).{0,30}$|\\baward (?:date|is|will|of|notice)\\b|zuschlagserteilung|\\b(?:commence|start)\\w*\\W*$",
	  1, NULL, NULL },
	{ "(?:bieter|bewerber|auf)?fragen?\\b|auskünfte|auskunft|aufklärung|interview|demonstration|\\bprotest|letter of intent|notice of intent",
	  1, NULL, NULL },
	{ REQUESTS "|" ANTRAEGE "|teilnahmefrist", 1, NULL, NULL },
	{ "\\b(?:aufforderung|invitation|öffnung der|eröffnung der)\\b.{0,30}$", 1, NULL, NULL },
};

/* And words that only the clearest words of the role make up for. */
static struct pattern submission_not[] = {
	{ "\\bopening\\b|\\bopened\\b|öffnung|\\bprior to the (?:due|deadline|closing)|\\bposted\\b|\\breleased?\\b|\\bissued?\\b",
	  1, NULL, NULL },
	{ "commence|begin|start|expire|amend|addend|evaluat|shortlist|\\bwithdraw|negotiat|verhandlung|voraussichtlich|tentative",
	  1, NULL, NULL },
	{ "\\bstate audit|\\binsurance|\\blicen[cs]e|\\bregist(?:er|ration)|financial year|dated\\b|in kraft|gesetz|\\bact\\b",
	  1, NULL, NULL },
};

/* Where no other date is given, offers are due when they are opened. */
static struct pattern opening_for[] = {
	{ "^\\W*(?:\\d+\\W+)?(?:date (?:and|&) time of |date of )?(?:(?:public|" OFFERS
	  ") )*opening(?: of (?:the )?" OFFERS ")?(?: (?:date|time|(?:and|&)))*\\W*$",
	  84, NULL, NULL },
	{ "\\b" OFFERS "\\b.{0,100}\\b(?:publicly )?opened\\b.{0,60}\\b(?:at|on)\\b", 78, NULL, NULL },
	{ "^\\W*(?:\\p{L}+ )?(?:(?:angebots)?(?:er)?öffnung(?:stermin)?|submissionstermin)(?: der \\p{L}+)?(?: am)?\\W*$",
	  84, NULL, NULL },
};
static struct pattern opening_never[] = {
	{ "\\b" QUESTIONS "\\b|pre-?(?:bid|proposal|tender)|conference|\\bmeeting\\b|commercial|financial|price bid", 1,
	  NULL, NULL },
};

static struct pattern participation_for[] = {
	{ "frist für den eingang der teilnahmeantr", 96, NULL, NULL },
	{ "\\b(?:frist|termin|schluss\\w*|ende|ablauf)\\b.{0,40}\\b(?:" ANTRAEGE "|teilnahmefrist|bewerbungsfrist)", 94,
	  NULL, NULL },
	{ "\\b(?:teilnahme|bewerbungs)(?:antrags)?-?(?:frist|termin|schluss)", 93, NULL, NULL },
	{ "\\b" ANTRAEGE "\\b.{0,100}\\bbis\\b|^\\W*(?:einreichung |eingang )?(?:der )?" ANTRAEGE "\\W*$", 88, NULL,
	  NULL },
	{ LIMIT "\\b.{0,60}\\b" REQUESTS "\\b|\\b" REQUESTS "\\b.{0,24}\\b(?:due|deadline|closing|closes?|cut-?off)\\b",
	  93, NULL, NULL },
	{ "\\b" REQUESTS "\\b.{0,160}\\b(?:by|before|until|than|prior to)\\b", 86, NULL, NULL },
};

static struct pattern participation_never[] = {
	{ "\\b" QUESTIONS "\\b|pre-?(?:bid|proposal|tender)|conference|\\bmeeting\\b|\\bvalid|bindefrist|gültig", 1,
	  NULL, NULL },
	{ "(?:bieter|bewerber|auf)?fragen?\\b|auskünfte|auskunft|interview|besichtigung|aufforderung", 1, NULL, NULL },
};

static struct pattern questions_for[] = {
	{ "frist für (?:die )?anforderung zusätzlicher informationen", 95, NULL, NULL },
	{ "frist (?:zur (?:einreichung|stellung) von|für) (?:\\w+)?(?:fragen|anfragen)", 94, NULL, NULL },
	{ LIMIT "\\b.{0,60}\\b" QUESTIONS "\\b", 93, NULL, NULL },
	{ "\\b" QUESTIONS "(?: requests?)?\\b.{0,24}\\b(?:due|deadline|closes?|cut-?off|period ends?)\\b", 93, NULL,
	  NULL },
	{ "\\b(?:questions?|[ie]nquir(?:y|ies)|quer(?:y|ies)|requests? for (?:information|clarification)|clarification requests?)\\b.{0,200}"
	  "\\b(?:is|" UNTIL ")\\b",
	  85, NULL, NULL },
	{ "\\brequests? for (?:an )?interpretation\\b.{0,240}\\b" UNTIL "\\b", 82, NULL, NULL },
	{ "\\b" QUESTIONS
	  "\\b.{0,80}\\b(?:received|submitted|raised|sent|asked|arriving|made)\\b.{0,20}\\bafter\\b[^.]{0,30}$|"
	  "\\bnot (?:be )?(?:bound|obliged|required|able) to (?:reply|respond|answer)\\b.{0,60}\\bafter\\b[^.]{0,30}$",
	  85, NULL, NULL },
	{ UNCLEAR ".{0,200}\\b(?:" UNTIL "|bis|spätestens)\\b[^.]{0,40}$", 78, NULL, NULL },
	{ "^\\W*(?:\\d+\\W+)?(?:(?:written|vendor|bidder|proposer|supplier|final) )*" QUESTIONS "\\W*$", 78, NULL,
	  NULL },
	{ "(?:fragen|anfragen|auskünfte|auskunftsersuchen|rückfragen)\\b.{0,160}\\b(?:bis|spätestens|endet)\\b", 88,
	  NULL, NULL },
	{ "(?:fragen|anfragen|auskunftsersuchen)\\b.{0,40}\\bnach (?:dem|diesem|ablauf des)[^.]{0,20}$", 86, NULL,
	  NULL },
	{ "(?:letzter termin|ende|schluss|frist) (?:für|der) (?:\\w+ )?(?:fragen|rückfragen|\\w+anfragen|\\w*fragen)",
	  88, NULL, NULL },
	{ "\\b(?:bieter|bewerber|rück)fragen\\W*$|\\bfragefrist", 80, NULL, NULL },
	{ "auskunftserteilung", 66, NULL, NULL },
};

static struct pattern questions_label[] = {
	{ "^(?=.{1,90}$)(?=.*\\b" QUESTIONS "\\b)(?=.*\\b(?:" LIMIT
	  "|clos\\w+|ends?|end|until|by|up ?to|before|submi\\w*|receipt|sent|raised)\\b)",
	  90, NULL, NULL },
	{ "^(?=.{1,60}$)(?=.*\\b" QUESTIONS "\\b)", 78, NULL, NULL },
	{ "^(?=.{1,90}$)(?=.*(?:fragen\\b|fragestellung|auskünfte|auskunft|rückfrage|fragerunde|anfragen\\b))(?=.*(?:frist|termin|schluss|ende\\b|ablauf|\\bbis\\b|"
	  "spätestens|einreichung|eingang|stellung))",
	  90, NULL, NULL },
	{ "^(?=.{1,60}$)(?=.*(?:fragen\\b|fragestellung|fragerunde|auskünfte))", 78, NULL, NULL },
};

static struct pattern questions_never[] = {
	{ "\\b(?<!questions and )(?<!questions & )(?<!bound to )(?<!obliged to )(?<!required to )(?:answers?|responses?|replies|reply)\\b.{0,30}\\b(?:to|by|posted|published|due|will)\\b|\\b(?:be|are|is) posted\\b|\\bpublish",
	  1, NULL, NULL },
	{ "\\b(?:beantwortung|antworten)\\b|werden .{0,30}\\bbis\\b.{0,40}\\bbeantwortet|aufforderung", 1, NULL, NULL },
	{ "pre-?(?:bid|proposal|tender)(?! (?:quer|question|clarif|[ie]nquir))|conference|\\bmeeting\\b|\\bopening\\b|interview|site visit",
	  1, NULL, NULL },
	{ "\\b(?:proposals?|bids?|tenders?|quotes?|offers?) (?:are |is |must be |shall be )?due\\b|challenge", 1, NULL,
	  NULL },
};

static struct pattern issue_for[] = {
	{ "datum der (?:übermittlung|veröffentlichung|absendung|versendung|ausgabe|bekanntmachung|aufforderung|anfrage)|tag der (?:absendung|veröffentlichung)",
	  94, NULL, NULL },
	{ "\\b(?:issu(?:e|ed|ance)|release|released|publication|published|posting|posted|advertise\\w*)\\b(?: date| on|:|\\b.{0,20}$)",
	  88, NULL, NULL },
	{ "\\b(?:date|day) of (?:issue|issuance|release|publication|advertise\\w*|commencement of (?:the )?sale|rf[pqi])\\b",
	  88, NULL, NULL },
	{ "\\bcommencement of (?:the )?sale\\b", 84, NULL, NULL },
	{ "^\\W*publish(?:ed|ing)?(?: dates?| on)?\\s*:", 84, NULL, NULL },
	{ "(?:bekanntmachung|veröffentlich\\w*|ausgestellt|erstellt|veröffentlichung) (?:vom|am|:)|^\\W*veröffentlichung\\W*$",
	  82, NULL, NULL },
	{ "(?:^|[./|] ?|\\s{2,})\\W*(?:date|dated|datum)\\W*$", 82, NULL, NULL },
	{ "^\\W*stand\\s*:", 66, NULL, NULL },
	/* "Version: 1.0 vom 17. Mai 2027" */
	{ "^\\W*\\d{1,2}\\.\\d{1,2},? (?:vom|dated|of)\\W*$", 66, NULL, NULL },
	{ "\\b(?:amtsblatt|staatsanzeiger|official journal|gazette)\\b.{0,50}\\b(?:vom|of|dated)\\W*$", 82, NULL,
	  NULL },
	{ "\\b(?:notice|tender|RF[PQTI]|ITT|NIT|enquiry|bekanntmachung|ausschreibung|anfrage)\\b.{0,40}\\b(?:dated|vom)\\W*$",
	  80, NULL, NULL },
};

static struct pattern issue_label[] = {
	{ "^(?=.{1,70}$)(?=.*(?:absendung|versand|publikation|veröffentlichung|bekanntmachung|ausgabe))(?!.*(?:frist|vertrag|zuschlag))",
	  80, NULL, NULL },
	{ "^(?=.{1,70}$)(?=.*\\b(?:publi(?:cation|shed)|released?|issued?|issuance|advertised?|despatch|dispatch|sent)\\b)(?=.*\\b(?:" TENDER
	  "|notice|documents?|advertisement|date|web ?site|portal)\\b)",
	  82, NULL, NULL },
};

static struct pattern issue_never[] = {
	{ "answer|amend|addend|\\bdue\\b|deadline|question|response|\\baward|\\bintent\\b|opening|shortlist|short-list|purchase order|guideline|circular|letter|"
	  "\\bact\\b|standard|version|licen[cs]e|circular|report\\b|regulation|gesetz|verordnung|in kraft|fassung|invoice|work order|certificat|zertifikat|\\bbond\\b|contract|unterschrift|signature",
	  1, NULL, NULL },
};

static struct pattern binding_for[] = {
	{ "frist, bis zu der|ablauf der (?:zuschlags|binde)|(?:zuschlags-? und )?bindefrist|zuschlagsfrist|bindungsfrist",
	  93, NULL, NULL },
	{ "\\b(?:angebot\\w*|bieter|es|sie sich)\\b.{0,80}\\b(?:gebunden|bindend|gültig)\\b|\\bgebunden\\b.{0,40}\\bangebot|gültigkeit de\\w+ angebot",
	  88, NULL, NULL },
	{ "\\b(?:bids?|tenders?|offers?|proposals?|quot(?:es?|ations?))\\b.{0,24}\\b(?:validity|valid until|acceptance period|expir(?:es?|y))",
	  92, NULL, NULL },
	{ "\\b(?:left|remain\\w*|kept|keep|leave|stay) open\\b.{0,60}\\b(?:until|till|up ?to)\\b", 88, NULL, NULL },
	{ "\\b(?:valid(?:ity)?|firm|good|binding|irrevocable|open for acceptance|in effect|stands?)\\b.{0,60}\\b(?:until|through|to|till|than|up to)\\b",
	  84, NULL, NULL },
};

static struct pattern participation_label[] = {
	{ "^(?=.{1,110}$)(?=.*(?:frist|termin|schluss|ende\\b|ablauf|\\bbis\\b|spätestens|eingang|einreichung))(?=.*(?:teilnahme|bewerbung|interesse))",
	  90, NULL, NULL },
	{ "^(?=.{1,110}$)(?=.*\\b(?:" LIMIT "|clos\\w+|submi\\w*|receipt|return|by|until))(?=.*\\b" REQUESTS "\\b)", 90,
	  NULL, NULL },
};

static struct pattern binding_label[] = {
	{ "^(?=.{1,90}$).*(?:bindefrist|zuschlagsfrist|bindungsfrist|validity|acceptance period|gültigkeit|gültig bleiben|valid (?:for|until))",
	  88, NULL, NULL },
};

static struct pattern binding_never[] = {
	{ "angebotsfrist\\W*$|warrant|insur|licen[cs]e|certificat|guarantee|bürgschaft|zertifikat|nachweis|bescheinigung|bond\\b|contract (?:is|shall)|vertrag|\\brates\\b|hourly|\\bsätze\\b|stundens[aä]tz|invoice|\\bpays\\b|payment|rechnung",
	  1, NULL, NULL },
};

/* The verb of a German sentence stands at its end. */
static struct pattern binds_behind = {
	"^(?![^.;:|]{0,60}\\bnicht (?:mehr )?beantwortet)[^.;:|]{0,60}\\b(?:gebunden|bindend|verbindlich|gültig|(?:remains?|be|is|are) (?:valid|firm|binding)|open for acceptance|beantwortet|"
	"veröffentlicht|bekannt ?gegeben|vergeben|erteilt)\\b",
	0, NULL, NULL
};

static const struct {
	struct pattern *means, *label, *never, *not ;
	size_t n_means, n_label, n_never, n_not;
} roles[N_ROLES] = {
#define ROLE(name) \
	.means = name##_for, .n_means = N_ELEMS(name##_for), .never = name##_never, .n_never = N_ELEMS(name##_never)
#define LABEL(name) .label = name##_label, .n_label = N_ELEMS(name##_label)
	[ROLE_SUBMISSION] = { ROLE(submission), LABEL(submission), .not = submission_not,
			      .n_not = N_ELEMS(submission_not) },
	[ROLE_OPENING] = { ROLE(opening) },
	[ROLE_PARTICIPATION] = { ROLE(participation), LABEL(participation) },
	[ROLE_QUESTIONS] = { ROLE(questions), LABEL(questions) },
	[ROLE_ISSUE] = { ROLE(issue), LABEL(issue) },
	[ROLE_BINDING] = { ROLE(binding), LABEL(binding) },
};

void role_preload(void)
{
	pattern_compile(&binds_behind, 1);
	for (size_t i = 0; i < N_ROLES; i++) {
		pattern_compile(roles[i].means, roles[i].n_means);
		pattern_compile(roles[i].label, roles[i].n_label);
		pattern_compile(roles[i].never, roles[i].n_never);
		pattern_compile(roles[i].not, roles[i].n_not);
	}
}

bool role_never(enum role r, const char *words)
{
	return pattern_best(roles[r].never, roles[r].n_never, words) != NULL;
}

bool role_behind(enum role r, const char *behind)
{
	return r != ROLE_BINDING && r != ROLE_ISSUE && pattern_match(&binds_behind, behind);
}

#define CLEAR 92 /* words of a role that score this much hold against words of another one */

static int hold(enum role r, const char *words, int score)
{
	if (score == 0 || role_never(r, words))
		return 0;
	return score < CLEAR && pattern_best(roles[r].not, roles[r].n_not, words) ? 0 : score;
}

int role_score(enum role r, const char *words)
{
	return *words ? hold(r, words, pattern_score(pattern_best(roles[r].means, roles[r].n_means, words))) : 0;
}

int role_label(enum role r, const char *label)
{
	int said = *label ? pattern_score(pattern_best(roles[r].means, roles[r].n_means, label)) : 0;

	return *label ? hold(r, label, MAX(said, pattern_score(pattern_best(roles[r].label, roles[r].n_label, label))))
		      : 0;
}
