/** English words that tell of people: what they do, what is said to them, how they sign, and names that are places. */

const listed = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter(Boolean));

/** What only people do or are: after a name, it makes even an unknown word a name. */
const DOES = `said|says|saying|reports(?! (?:of|on|are|and|that|from)|[.,;])|reported|denies|denied|states(?! (?:of|in|and|are|with|where)|[.,;])|stated|called|calls|phoned|rang|telephoned|texted|texts|emailed|messaged|asked|asks|wants|wanted|wishes|wished|agreed|agrees|consented|consents|refuses|refused|declined|declines|
complains|complained|describes|described|recalls|recalled|remembers|remembered|admits|lives|lived|works|worked|retired|slept|sleeps|walks|walked|ate|eats|drinks|drank|smokes|smoked|feels|felt|thinks|thought|believes|hopes|hoped|worries|worried|cried|cries|
screamed|laughed|smiled|smiles|came|comes|went|goes|returned|attended|attends|arrived|visits|visited|brought|gave|took|takes|enjoys|enjoyed|likes|liked|loves|loved|dislikes|prefers|preferred|struggles|struggled|tripped|slipped|fell|collapsed|fainted|
signed|understands|understood|verbali[sz]ed|verbali[sz]es|tolerated|underwent|replied|answered|explained|explains|told|tells|knows|knew|confirmed|confirms|thanked|requested|requests|endorses|endorsed|presents|presented|met|joined|accompanied|missed|
misses|forgot|forgets|noticed|notices|woke|wakes|sat|sits|stood|stands|needs|needed|spoke|speaks|talked|talks|wrote|writes|helps|helped|cares|cared|stays|stayed|moved|drove|drives|plays|played|lost|gained|tries|tried|ambulated|ambulates|transferred|
screened|reassured|counselled|counseled|updated|informed|keen|tearful|will (?:call|phone|ring|return|attend|come|chase|review|see|follow|look|speak|contact|need|stay|go|be (?:back|seen|reviewed|discharged|transferred))|
would like|cannot|can't|couldn't|could not|didn't|doesn't|wasn't|won't|used to|wishes to|agreeable|happy to|due to see|to (?:ask|call|phone|ring|chase|review|follow|see|attend|contact|arrange|bring|return|speak|discuss)|has (?:been|never|always|agreed|asked|had|not|lived|worked|no (?:pain|complaints?|concerns?|questions?|fever|allergies)|a (?:history|past))|
had (?:been|a (?:good|poor|bad|restless|quiet|settled|fall|stroke|seizure|visit|shower|bath))|(?:is|was|remains|remained|seems|seemed|looks|looked|appears|appeared) (?:very |quite |now |also |still |rather |too |so |not |more |less |feeling |being |doing |visibly |understandably |clearly |currently )?(?:tearful|anxious|keen|happy|unhappy|upset|worried|seen|admitted|discharged|told|asked|
able|unable|awake|asleep|brought|born|diagnosed|referred|transferred|married|divorced|widowed|single|aware|alert|oriented|orientated|here|present|well|unwell|better|worse|comfortable|settled|calm|agitated|confused|drowsy|pleasant|cooperative|co-operative|tired|relieved|frightened|scared|angry|cross|
concerned|pleased|distressed|withdrawn|quiet|independent|mobile|mobili[sz]ing|walking|eating|drinking|sleeping|living|working|retired|pregnant|willing|reluctant|taken|given|started|reviewed|examined|assessed|informed|reassured|advised|offered|booked|accompanied|gardening|
driving|sitting|lying|standing|complaining|struggling|coping|managing|planning|hoping|tolerating|requesting|refusing|a|an|our|my|his|her|their|the patient|on the ward|in (?:bed|pain|hospital|a chair|the chair|good spirits)|at (?:home|work|school)|going|coming|flying|worried|due)`;
export const PERSON_DOES = new RegExp(
  `^,? (?:also |then |now |still |just |later |again |often |usually |never |already |only |who |initially |subsequently |eventually |finally )?(?:${DOES.replaceAll('\n', '')})\\b`,
);

/** What follows the name of a person and of much else. */
export const MAY_DO =
  /^(?:,? (?:who|whose|is|was|has|had|does|did|will|can|could|would|should|might|remains|continues|continued|started|stopped|shows|showed|seems|seemed|appears|appeared|looks|looked|in (?:bed|chair|recliner|wheelchair|room|good|no))\b)/;

/** Before a name, alone or with words between: somebody does something with somebody. */
export const WITH_PERSON =
  /(?:\b(?:told|saw|seen|asked|met|called|phoned|rang|texted|emailed|thanked|helped|brought|bring|visited|visits|informed|advised|reassured|reminded|spoke to|spoken to|spoke with|speaking with|speaking to|talked to|talked with|discussed with|d\/w|s\/w|spoke w\/|w\/|reviewed with|agreed with|lives with|living with|stays with|married to|named|name is|name as|names|called|goes by|aka|transported|released to|handed (?:over )?to|report to|reports? given to|(?:sent|given|done|closed|opened|logged|entered|registered|booked|drawn|taken|checked|seen|signed|typed|written|witnessed|administered|placed|performed|completed|updated|edited|accepted|cosigned|countersigned|received|collected|prepared|reviewed|approved|verified|dictated|interpreted|scanned|filed)(?: [\w-]+){0,4} by|(?:[Ss]he|[Hh]e|[Tt]hey|[Ww]e|I) and|with (?:his|her|their|my|our) \w+,?|and (?:his|her|their|my|our) \w+,?|dear|hi|hello|hey|morning|afternoon|evening|thanks|thank you|cheers|regards|ta) ?,? )$/i;

/** Who somebody is, in one or two words, before a name without a colon; mostly typed in capitals or small. */
export const POST_BEFORE =
  /\b(?:(?:charge|staff|bedside|night|day|ward|public health|district|community|school|research|triage|practice|specialist|hospice|scrub|float|agency|home health|case) nurses?|social workers?|case ?workers?|case managers?|key ?workers?|support workers?|health visitors?|care coordinators?|study coordinators?|poison specialist|specialist|adjuster|physio(?:therapist)?s?|OT|SLT|HCA|CNA|NA|PCA|PCT|EMT|medic|paramedics?|doc|PI|CRC|CRA|SpR|SHO|POA|NOK|HCP|PCP|GP|HO|intern|carers?|caregivers?|parents|sons|daughters|brothers|sisters|children|kids|twins|grandchildren|siblings|friends|neighbou?rs?|nurses|doctors|step-?(?:son|daughter|mother|father|mum|mom|dad)|half-(?:brother|sister)|(?:ex|late)[- ](?:wife|husband|partner)|flatmate|housemate|landlady|girlfriend|boyfriend|fianc[eé]e?|son|daughter|wife|husband|mother|father|mum|mom|dad|brother|sister|partner|cousin|aunt|uncle|niece|nephew|grandson|granddaughter|grandmother|grandfather|gran|nan|granny|grandad|granddad|grandpa|grandma|user|claimant|decedent|on call) \(?$/i;

/** Names of people that are mostly places. */
export const PLACE_NAMES = listed(
  `paris florence virginia georgia jordan chelsea austin dallas sydney madison charlotte savannah brooklyn asia india china chad israel kenya egypt ireland america carolina dakota montana kingston lincoln houston denver
  phoenix cleveland orlando lourdes geneva vienna milan roma rome siena verona valencia santiago lima cairo delhi odessa lancaster chester york bristol bradford preston camden clinton trenton troy eugene raleigh augusta aurora elgin
  malta cuba sierra alexandria adelaide victoria melbourne perth wellington christchurch hamilton halifax windsor kent devon essex surrey lille lyon nice tours nancy lorraine champagne brittany normandy savoy castile leon cordoba granada
  sevilla seville burgos madrid barcelona milano torino genova padova pisa bologna berlin bremen essen hamburg frankfurt koln bonn basel bern zurich wien graz oslo bergen stockholm uppsala lund malmo helsinki turku warsaw poznan prague
  tehran shiraz tabriz baghdad basra damascus aleppo beirut amman medina mecca riyadh jeddah doha muscat lahore karachi mumbai chennai madras goa kerala punjab bengal assam nepal dhaka osaka tokyo kyoto nagoya seoul busan taipei hanoi manila
  jakarta bali nairobi mombasa lagos abuja kano accra kumasi dakar harare lusaka kigali kampala entebbe durban pretoria soweto kalahari sahara nile amazon dallas memphis nashville tulsa omaha boise laramie cheyenne helena bismarck pierre
  columbus dayton akron toledo macon mobile selma jasper tyler irving garland plano laredo amarillo lubbock odessa corona fresno modesto salinas vallejo berkeley stanford princeton harvard yale cambridge oxford durham leeds york lincoln derby
  norwich ipswich exeter dorset somerset cumbria wales scotland england britain europe africa australia austria croatia serbia slovenia romania moldova russia siberia armenia persia arabia syria libya tunisia nigeria ghana congo somalia
  ethiopia eritrea tanzania zambia angola samoa tonga fiji haiti jamaica trinidad panama colombia bolivia chile argentina brazil mexico canada ontario quebec manitoba alberta london`,
);
