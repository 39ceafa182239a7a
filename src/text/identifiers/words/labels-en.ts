/** English words that stand before a number and say what it is. */
import type { IdentifierKind } from '../kinds.ts';

/** English labels by kind, in small letters; "number", "no." and the like may follow them. */
export const ENGLISH: Partial<Record<IdentifierKind, string>> = {
  RECORD: `mrn|mr|medical record|med rec|medical rec|record|records|record id|hospital|hosp|hospital id|unit|unit record|
chart|chart id|patient id|patient identifier|patient|patient number|pt id|pt|pid|case|case id|case record|encounter|encounter id|visit|visit id|csn|
fin|har|accession|acc|accession id|specimen|specimen id|sample|sample id|lab|lab id|laboratory|order|order id|requisition|req|
episode|admission|admission id|study id|subject id|subject|participant id|participant|enrolment|enrollment|
enrolment id|enrollment id|barcode|referral|referral id|ref|our ref|your ref|reference|file|folder|uhid|ip|op|ipd|opd|
registration id|prescription|rx|ubrn|id|identifier|clinic|emr|ehr|emr id|ehr id|epi|empi|cpi|cmrn|emrn|dmrn|radiology|pathology|path|
autopsy|pcr|run|run sheet|dispatch|call sign|incident id|crossmatch|crossmatch id|pmi|pas|pas id|hospital no|dept ref|lab ref|path ref|xray|x-ray|xray id|film|plate id|requisition id|urn|ur|hrn|folio|
exam|examination|eeg|ecg|ekg|emg|echo|ultrasound|mammogram|mammography|endoscopy|colonoscopy|histology|cytology|biopsy|dexa|report|document|document id|confirmation|ticket|incident|slide|block|donor id|donor|biobank id|tracking|hn|cr|
casenote|case note|casenotes|case notes|hospital num|hosp num|mrno|umr|uhn|umrn|ipno|opno|ip reg|pacs|pacs id|cris|ris|wristband|armband|id band|bracelet|docket|request|request id|order form|waybill|donation id|blood unit|cassette|trial id|randomisation|randomization|screening|screening id|token|booking|booking id|booking ref|
booking reference|appointment id|cad|event id|datix|datix ref|complaint|complaint ref|safeguarding ref|crime ref|log id|case ref|patient ref|hospital ref|clinic ref|under|filed under|registered under|listed under|logged under|booked under|known under|quoting|quote|citing|identified as|allocated|assigned|filed as|stored as|logged as|registered as|recorded as|booked as|saved as|labelled|labeled|tagged|our|our own`,
  ACCOUNT: `account|acct|acct id|account id|a/c|policy|policy id|member|member id|membership|subscriber|subscriber id|group|group id|insurance|
insurance id|ins|ins id|insurer|health plan|health plan id|plan|plan id|beneficiary|beneficiary id|medicare|medicare id|
medicaid|medicaid id|mbi|hicn|hic|claim|claim id|invoice|billing|billing id|bill|payer id|payor id|credit card|card|card ending|iban|bank account|
sort code|routing|guarantor|guarantor id|payment|bcbs|blue cross|aetna|cigna|humana|kaiser|tricare|united healthcare|uhc|bupa|
claim ref|claim reference|policy ref|policy reference|account ref|account reference|payment ref|payment reference|invoice ref|bank ref|member ref|insurance ref|health card|healthcard|health card id|benefit id|benefits id|payroll|donor account|bsb|ifsc|swift|plan member|certificate holder|
coverage|coverage id|authorization|authorisation|auth|prior auth|prior authorization|pre-authorization|certificate of insurance|hmo|ppo|bin|pcn|rxgrp|hsa|fsa|savings|checking|
enrolled under|insured under|covered under|billed under|claimed under|paid to|paid into|paid from|payable to|bal|bal due|balance|balance due|amount due|billed to|bill to|charge to|charged to|invoice to|invoiced to|direct debit|standing order|refund to|deposit|vhi|laya|axa|axa ppp|aviva|vitality|wpa|medibank|hcf|nib|ahm|hbf|anthem|molina|centene|wellcare|ambetter|allianz|prudential|aia|ntuc|medisave|
medishield|star health|cghs|esic|pmjay|pm-jay|ayushman|blue shield|optum|medi-cal|manulife|sun life|green shield|dva|gms|medical card|concession card|healthcare card|pension card|health fund|insurer ref|giro|paypal|upi|upi id|portal account|wic|wic card|ebt|snap|benefits|cover|insurer`,
  ID: `ssn|social security|social security id|soc sec|social|ss|nhs|nhs id|chi|national insurance|ni|nino|passport|passport id|nhi|nhi id|
national id|identity card|id card|identity|tax id|tin|itin|alien|alien registration|a-number|aadhaar|sin|hkid|nric|medicare card|ihi|hcn|ohip|state id|military id|resident id|
ni number|nhs number|ppsn|pps|nric|emirates id|cnic|pan|voter id|bsn|personnummer|cpr|tfn|health and care|h&c|national insurance no|ration card|driver id|citizen id`,
  LICENCE: `license|licence|license id|licence id|dea|dea id|npi|gmc|gmc id|nmc|nmc pin|nmc id|driver's license|drivers license|driver license|driver's licence|
driving licence|driving license|dl|certificate|certificate id|certification|state license|medical license|upin|lic|registration|hcpc|gphc|birth certificate|death certificate|clia|clia id`,
  DEVICE: `sn|s/n|lot/serial|serial/lot|ref/serial|batch/serial|model/serial no|serial|serial id|device|device id|device serial|udi|imei|implant|implant serial|implant id|generator serial|generator|
model/serial|lead serial|pump serial|meter serial|lead sn|pacemaker|pacemaker serial|icd serial|pump|machine id|asset|asset tag|asset id|transmitter|transmitter id|sensor serial|monitor serial|ser|
ventilator|vent|concentrator|glucometer|glucose meter|meter|monitor|holter|cpap|cpap machine|bipap|nebuliser|nebulizer|machine|infusion pump|insulin pump|syringe driver|feeding pump|pca pump|dialysis machine|wheelchair|walker|walking frame|hoist|mattress|hearing aid|processor|cochlear implant|defibrillator|aed|icd|crt-d|loop recorder|stimulator|lead|leads|electrode|stent|valve|prosthesis|lens|iol|mesh|cage|plate and screws|endoscope|scope|colonoscope|gastroscope|bronchoscope|probe|sensor|handset|tablet|scanner|battery|oximeter|
thermometer|suction unit|suction|oxygen unit|equipment|equipment id|loan id|product id|controller|reader|call bell unit|telemetry|telemetry box|telemetry unit|bed frame`,
  VEHICLE: `vin|plate|license plate|licence plate|registration plate|number plate|vehicle|vehicle id|vehicle registration|tag|reg|car registration|vehicle identification|car reg`,
  PHONE: `tel|telephone|telephone contact|phone|ph|phone contact|cell|cell phone|cellphone|mobile|mobile phone|mob|fax|facsimile|pager|beeper|bleep|
extension|ext|contact|contact phone|contact tel|contact details|call|callback|call back|whatsapp|home|home phone|work|work phone|home tel|work tel|office|office phone|
reached at|reach at|reached on|reachable at|reachable on|contacted at|contacted on|contact on|contact at|phone on|phoned on|called at|called on|call on|ring|ring on|text|texted|text at|dial|voicemail|helpline|hotline|landline|switchboard|page|paged at|page at|emergency contact|day phone|evening phone|tel/fax|phone/fax|h|c|w|m|t|f|p|
hp|handphone|hand phone|h/p|mob no|cel|direct line|direct|tried|rang|rung|dialled|dialed|phoning|calling|sms|viber|texted on|leave message on|message on`,
  WECHAT: `wechat|wechat id|weixin|weixin id|wx|qq|wechat account|qq account`,
  DATE: `date|dob|d.o.b|date of birth|birth date|birthdate|born|dod|doa|dos|date of service|date of admission|date of discharge|admission date|
discharge date|date of death|service date|visit date|admit date|dated|procedure date|surgery date|collection date`,
  AGE: `age|aged|ages`,
};

/** Labels that say little alone: the value after them needs more digits, and a colon, "no." or "#". */
export const WEAK: ReadonlySet<string> = new Set(
  `mr|record|records|hospital|hosp|unit|chart|case|patient|pt|visit|encounter|acc|lab|laboratory|specimen|sample|order|episode|admission|
subject|participant|file|folder|ip|op|id|clinic|report|exam|examination|document|block|slide|donor|ref|reference|referral|prescription|rx|ticket|incident|identifier|req|path|pathology|radiology|confirmation|tracking|barcode|hn|cr|fin|epi|
autopsy|pcr|run|run sheet|dispatch|crossmatch|film|xray|x-ray|ur|swift|payroll|
group|plan|ins|card|bill|payment|coverage|member|policy|claim|auth|bin|social|ss|ni|sin|tin|alien|identity|chi|certificate|certification|registration|dl|lic|
device|implant|generator|pump|pacemaker|asset|vehicle|tag|reg|plate|home|work|office|contact|call|page|ring|text|dial|h|c|w|m|t|f|p|savings|checking|hmo|ppo|ser|medicare|medicaid|humana|kaiser|enrolment|enrollment|requisition|membership|ph|reached at|reach at|reached on|reachable at|reachable on|contacted at|contacted on|contact on|contact at|phoned on|called at|called on|call on|ring on|texted|text at|paged at|page at|callback|call back|authorization|authorisation`
    .replaceAll('\n', '')
    .split('|')
    .filter(Boolean),
);

/** Things and doings that a number follows only where it looks like one: "Ventilator YN-5102-Y", "filed as 401-70-913". */
export const VAGUE: ReadonlySet<string> = new Set(
  `our|our own|eeg|ecg|ekg|emg|echo|ultrasound|mammogram|mammography|endoscopy|colonoscopy|histology|cytology|biopsy|dexa|wristband|armband|bracelet|docket|request|order form|cassette|screening|token|booking|cad|complaint|datix|under|filed under|registered under|listed under|logged under|booked under|known under|quoting|quote|citing|identified as|allocated|assigned|filed as|stored as|logged as|registered as|recorded as|booked as|saved as|labelled|labeled|tagged|pacs|cris|ris|randomisation|randomization|
enrolled under|insured under|covered under|billed under|claimed under|paid to|paid into|paid from|payable to|bal|bal due|balance|balance due|amount due|billed to|bill to|charge to|charged to|invoice to|invoiced to|deposit|refund to|vitality|nib|aia|income|prudential|anthem|benefits|cover|insurer|gms|giro|pan|pps|cpr|laya|
ventilator|vent|concentrator|glucometer|glucose meter|meter|monitor|holter|cpap|cpap machine|bipap|nebuliser|nebulizer|machine|infusion pump|insulin pump|syringe driver|feeding pump|pca pump|dialysis machine|wheelchair|walker|walking frame|hoist|mattress|hearing aid|processor|cochlear implant|defibrillator|aed|icd|crt-d|loop recorder|stimulator|lead|leads|electrode|stent|valve|prosthesis|lens|iol|mesh|cage|plate and screws|
endoscope|scope|colonoscope|gastroscope|bronchoscope|probe|sensor|handset|tablet|scanner|battery|oximeter|thermometer|suction unit|suction|oxygen unit|equipment|product id|controller|reader|call bell unit|telemetry|telemetry box|telemetry unit|bed frame|hp|handphone|direct|direct line|tried|rang|rung|dialled|dialed|phoning|calling|sms|viber|cel|message on`
    .replaceAll('\n', '')
    .split('|'),
);
