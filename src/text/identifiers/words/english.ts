/** English words around names and places: titles, roles, credentials, eponyms, streets, places of care. */

const listed = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter(Boolean));

export const TITLES = listed(
  'mr mrs ms miss mx dr drs doctor prof professor sir dame lady lord rev reverend rabbi imam sheikh sister nurse matron capt captain sgt sergeant officer det detective pc insp inspector constable cpl corporal cllr councillor mme madame mlle herr frau shri smt lt lieutenant col colonel maj major judge hon attorney pastor deacon father fr señor señora sra sr md',
);

/** Titles that are common words too: a name follows them only where it looks like one. */
export const SMALL_TITLES = listed(
  'sister nurse matron major father judge officer miss captain lady md sr',
);

/** Who somebody is: a name follows, with or without a colon. */
export const ROLES = listed(
  `patient pt client resident pt's patient's daughter son wife husband mother father brother partner spouse fiance fiancé fiancée fiancee girlfriend boyfriend
  aunt uncle niece nephew cousin grandson granddaughter grandmother grandfather grandma grandpa grandparent stepson stepdaughter stepmother stepfather
  mom mum mommy dad daddy sibling twin caregiver carer guardian neighbor neighbour friend roommate companion proxy informant historian
  attending physician provider surgeon consultant registrar intern fellow resident radiologist pathologist cardiologist neurologist oncologist
  anesthesiologist anaesthetist psychiatrist psychologist therapist pharmacist midwife dietitian hospitalist intensivist presenter prescriber assistant nephrologist urologist
  dermatologist gastroenterologist endocrinologist pulmonologist rheumatologist paediatrician pediatrician obstetrician gynecologist gynaecologist ophthalmologist
  dentist technician technologist sonographer scribe transcriptionist interpreter translator counselor counsellor chaplain coordinator
  gp pcp nok poa hcp rn np pa crna dear attn attention cc re regarding author witness requester referrer sender recipient signature signed employer supervisor manager
  teacher landlord lawyer solicitor mr mrs nurse sister-in-law brother-in-law son-in-law daughter-in-law mother-in-law father-in-law
  sister dtr dau trainer instructor coach mentor tutor warden lodger anesthetist mam mammy mama papa gramma nanna counsellors keyworkers carers caregivers parents daughters sons brothers sisters children grandchildren siblings friends neighbours neighbors adjuster claimant decedent doc specialist crc pi physio paramedic user gran granny nan nana grandad granddad flatmate housemate
  stepbrother stepsister step-daughter step-son step-mother step-father half-brother half-sister ex-partner great-aunt great-uncle great-grandson great-granddaughter keyworker caseworker
  traveller traveler prisoner participant proband recipient subscriber porter donor volunteer cadet inmate detainee passenger tenant customer member visitor applicant candidate holder pilot sailor soldier recruit trainee apprentice pupil learner scholar player athlete dancer worker employee labourer farmer miner builder mechanic electrician plumber carpenter cleaner cook chef waiter cashier lawyer juror victim suspect defendant custodian steward runner courier dispatcher operator caretaker housekeeper gardener nanny childminder godmother godfather stepparent foster uncle's aunt's
  garda mate medic buddy doula maid kookum msw cna constable helper pastor hygienist advocate phleb phlebotomist officer supv hub husb dau gma gpa auntie aunty amma nonna abuela abuelo lola lolo oma opa rmo jmo hmo cns ep rt sn anes anaes fellow
  colleague ex-wife ex-husband widow widower child baby infant newborn boy girl student driver caller named called name`,
);

/** Labels that need their colon: without it they are the subject of a sentence, or say something else. */
export const COLON_ONLY = listed(
  `who name surname forename firstname lastname first last full-name operator assistant assistants observer examiner reviewer reader performer
  contact from to by for with team staff doctor physician anesthesia anaesthesia technician employer subject member insured subscriber policyholder holder guarantor
  supplier authorised authorized cons spr sho ho reg crew prosector certifier certified decedent's deceased users worker referring referrer ordering admitting operating
  scrub circulator circulating runner perfusionist proceduralist radiographer cytologist hematologist haematologist geneticist genetics dietician podiatrist optometrist audiologist health-visitor clerk receptionist secretary typist medic medics
  apologies attendees attendance present chair minutes plaintiff defendant complainant applicant appellant respondent petitioner donor owner tenant payee payer guardian executor trustee escort notified informed recorder examined administered given logged booked attended signee responsible initials author authored author cosigner cosigned reviewed signed dictated transcribed seen referred requested ordered collected verified approved
  performed interpreted reported prepared completed entered resident intern fellow registrar client re regarding name called child boy girl student driver baby infant newborn
  kin next-of-kin relative relatives emergency alias aka nickname maiden preferred interpreter nurse midwife witness signature attention recipient sender copy copies label md do operator fellow`,
);

/** What is done by, with, to or for somebody: "seen by", "discussed with", "report for". By the last word. */
export const PHRASES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'by',
    listed(`seen signed dictated reviewed reported examined evaluated assessed referred requested ordered transcribed verified approved performed completed written authored entered interpreted read
    collected obtained administered placed inserted implanted accompanied brought in escorted witnessed co-signed cosigned countersigned followed managed admitted treated on consented counselled counseled
    interviewed prepared typed edited attended supervised delivered confirmed validated authenticated prescribed recommended suggested arranged called phoned contacted visited supported helped
    given explained discussed scheduled operated`),
  ],
  [
    'with',
    listed(`message left word discussed spoke spoken speaking met meeting consulted reviewed lives living talked conversation call conferred liaised visit up follow-up together examined followup appointment f/u married touch case
    session seen plan stays staying communicated confirmed here came presents presented attended arrived`),
  ],
  [
    'to',
    listed(`spoke spoken referred referral letter over handover care copy sent forwarded reported paged talked addressed message call faxed given explained married belongs belonging assigned known
    out called read telephoned phoned sold handed endorsed refer send apologies delegated disclosed`),
  ],
  [
    'of',
    listed(
      'patient patients report letter result results record records chart note notes summary scan scans care behalf service identity copy history signature admission daughter son wife husband mother father sister brother name',
    ),
  ],
  ...['for', 'on', 're', 'regarding', 'concerning', 'about'].map(
    (word) =>
      [
        word,
        listed(`report letter result results record records prescription appointment referral chart note summary consult
    consultation biopsy path pathology update news enquiry inquiry query consultation imaging lab labs specimen sample study form consent certificate discharge notes scan x-ray plan visit bloods documentation request order orders message statement paperwork file
    called phoned rang spoke writing history call encounter evaluation assessment procedure notice reminder authorization clearance care behalf service identity`),
      ] as const,
  ),
  [
    'from',
    listed(
      'letter referral call message email fax voicemail history consent report information note heard received collateral records signature approval recommendation recommendations advice input request word sign-out handover obtained',
    ),
  ],
  ['is', listed('name patient this')],
  ['as', listed('known introduced')],
  ['seeing', listed('for of')],
  ['referring', listed('for')],
  ['am', listed('i')],
]);

/** Words after which somebody is named. */
export const NAMING = listed(
  "named called attn signed sincerely regards truly faithfully d/w per name's saw met reviewed contacted phoned notified informed paged telephoned updated consulted texted emailed counselled counseled reassured thanked i'm patient, examined evaluated assessed visited telephoned rang informed reminded advised",
);

/** Degrees and posts after a name. */
export const CREDENTIALS =
  /(?:,? ?\(?)(?:M\.?D\.?|D\.?O\.?|R\.?N\.?|N\.?P\.?|P\.?A\.?(?:-C)?|Ph\.?D\.?|MBBS|MBChB|MB ?BS|BMBS|MBBCh|FRCS|FRCP|FRCA|FRCR|FRCPath|FRCOG|FRCPC|FRACP|MRCP|MRCS|MRCGP|MRCOG|FACC|FACS|FACP|FAAP|FACOG|FAHA|CRNA|CNM|LPN|LVN|BSN|MSN|DNP|FNP|FNP-BC|ANP|ACNP|AGNP|APRN|ARNP|PharmD|RPh|DPT|PT|OT|OTR|OTR\/L|SLP|CCC-SLP|LCSW|LMSW|MSW|RD|RDN|LD|DDS|DMD|DPM|OD|PsyD|MPH|MSc|BSc|CNS|CMA|MA|RMA|RT|RRT|RDMS|RDCS|EMT|EMT-P|MHA|Esq|Jr|Sr|III|II|PGY-?\d|MS[34]|RGN|RMN|SRN|HCA|HCSW|CNA|PCT|PCA|ODP|EN|LVT|CGC|CNS|IBCLC|ST\d|SpR|SHO|FY[12]|CT[123]|attending|consultant|registrar|charge nurse|staff nurse|ward sister)(?![A-Za-z])/y;

/** Words that follow the name of a discoverer: it is a disease, a sign or an instrument. */
export const EPONYM_HEADS = listed(
  `balance postulate postulates block blocks model disease syndrome sign test score scale index criteria classification murmur stage staging grade grading tube catheter drain procedure operation maneuver manoeuvre
  method reflex palsy fracture cyst cysts stain staining agar ligament node nodes nodule nodules body bodies cell cells gland glands canal duct formula equation law rule phenomenon
  triad position incision repair technique approach clamp forceps retractor needle suture splint brace collar bag mask coma lymphoma sarcoma tumor tumour carcinoma
  anemia anaemia thyroiditis ophthalmopathy orbitopathy encephalopathy neuropathy arteritis contracture deformity hernia ulcer esophagus oesophagus esophagitis diverticulum
  pouch loop space line lines plexus ganglion muscle fascia membrane tract nucleus angle point triangle circle valve shunt stent graft flap bypass anastomosis
  paralysis ataxia chorea dystrophy myopathy atrophy psychosis dementia aphasia area areas fever spots spot nails pupil pupils sling exercises therapy regimen protocol
  matter angina fingers clamps pearls rings wort reaction bodies chorea diet infusion solution lactate powder capsule diagram curve plot chart inventory questionnaire scoring nomogram model theorem effect hypothesis parkinsonism plus
  respiration respirations breathing medium broth virus bacillus organism fibers fibres corpuscles tubules crypts patches islets follicle follicles hairs sinus fissure hip knee hand foot
  osteotomy fusion gastrectomy fundoplication pancreaticoduodenectomy esophagectomy esophagoscopy colectomy pyeloplasty cannula trial study trials risk correlation regression hazard pattern type types ratio screw screws pin pins plate plates coefficient distribution rat rats mouse mice lead leads lesion lesions facies antibody antibodies antigen antigens group frame frames class garments stockings feature features view views projection exact circuit microscopy analysis leaflet booklet wax catheters blanket warmer scissors elevator elevators speculum lens lenses electrode electrodes sponge sponges scalpel blade knife tenaculum gag osteotome wire wires spacer spacers silk bandage gastrostomy sounds stitch fashion tuck component components system implant implants prosthesis rod rods patch gangrene abscess trocar trocars port ports dilator dilators balloon filter wrap dressing dressings gauze tape table laser hook probe sizer reamer drill chisel curette rongeur rasp staple staples stapler clip clips snare basket sheath introducer guide guidewire coil coils scope endoscope laryngoscope`,
);

/** Discoverers that stand alone in notes: "with Parkinson's", "Crohn flare". */
export const EPONYMS = listed(
  `wolff-parkinson-white arnold-chiari truelove witts schwab humphrey cornell goldmann westley cormack lehane columbia carpentier bazett naranjo parkinson parkinsons allis babcock ludwig dawson menkes ortolani barlow dawes rumack wilson crohn crohns graves hashimoto hodgkin alzheimer alzheimers huntington addison cushing conn bell bells barrett bosniak glasgow apgar
  down downs turner klinefelter marfan ehlers danlos ehlers-danlos noonan williams edwards patau angelman prader willi prader-willi rett asperger tourette kawasaki takayasu
  behcet behçet sjogren sjögren raynaud raynauds reiter reye guillain barre barré guillain-barré guillain-barre miller fisher charcot marie tooth charcot-marie-tooth
  duchenne becker erb klumpke friedreich fabry gaucher pompe hurler hunter tay sachs tay-sachs niemann pick niemann-pick krabbe wegener goodpasture churg strauss alport berger
  henoch schonlein schönlein henoch-schonlein kaposi burkitt ewing wilms paget osler weber rendu bence jones bence-jones reed sternberg reed-sternberg waldenstrom waldenström von willebrand
  christmas factor meniere ménière menieres menière wernicke korsakoff wernicke-korsakoff creutzfeldt jakob creutzfeldt-jakob lewy brown-sequard horner argyll robertson adie babinski hoffmann hoffman
  romberg kernig brudzinski lasegue trendelenburg thomas phalen tinel finkelstein lachman mcmurray murphy mcburney rovsing blumberg courvoisier virchow troisier
  kussmaul cheyne stokes cheyne-stokes biot korotkoff austin flint graham steell corrigan duroziez quincke traube levine allen homan homans
  valsalva heimlich trousseau chvostek kerley hampton westermark colles smith monteggia galeazzi benedict bennett boxer jones lisfranc maisonneuve pott potts weber salter harris salter-harris gartland garden
  schatzker gustilo dupuytren peyronie baker morton sever osgood schlatter osgood-schlatter legg calve perthes legg-calve-perthes scheuermann kienbock freiberg kohler
  whipple billroth roux roux-en-y hartmann nissen heller ivor lewis mckeown bricker miles kocher lanz pfannenstiel gridiron shouldice lichtenstein bassini stoppa
  foley hickman swan ganz swan-ganz sengstaken blakemore minnesota ryle ryles levin dobhoff jackson pratt jackson-pratt penrose hemovac blake broviac groshong tenckhoff kehr yankauer guedel bougie macintosh mccoy magill
  ringer ringers hartmanns gram giemsa wright papanicolaou pap congo masson ziehl neelsen ziehl-neelsen sabouraud macconkey coombs mantoux heaf schilling schirmer snellen ishihara amsler weber rinne dix hallpike dix-hallpike epley semont brandt-daroff brandt daroff hertel scholl clavien dindo clavien-dindo bier gail forrest
  borg ashworth berg barthel braden waterlow norton morse katz lawton rankin karnofsky ecog zubrod hamilton beck montgomery asberg edinburgh maddrey child pugh child-pugh meld ranson atlanta balthazar
  forrest rockall blatchford dukes clark breslow gleason fuhrman bloom richardson ann arbor rai binet durie salmon killip forrester framingham duke wells geneva hestia curb virchow
  nyha ccs wagner fontaine rutherford fitzpatrick tanner bishop ballard silverman dubowitz denver bayley wechsler stanford binet hunt hess hunt-hess fisher spetzler
  mallampati cormack lehane wallace parkland lund browder rule todd jacksonian lennox gastaut lennox-gastaut west dravet rasmussen doose landau kleffner
  nikolsky koebner auspitz darier gottron heberden bouchard janeway roth koplik forchheimer pastia koebner bitot beau mees muehrcke terry lindsay
  lyme ebola marburg zika coxsackie epstein epstein-barr norwalk hendra nipah lassa hanta rickettsia salmonella shigella escherichia klebsiella pseudomonas staphylococcus streptococcus
  legionnaires hansen weil chagas scarlet peyer langerhans purkinje schwann golgi betz meissner pacinian ruffini merkel brunner lieberkuhn paneth kupffer disse glisson
  bowman henle loop malpighian graafian bartholin skene cowper wharton stensen vater oddi santorini wirsung treitz meckel douglas morison morrison pouch hesselbach scarpa
  achilles adam willis circle galen sylvian sylvius rolando broca heschl luschka magendie monro trolard labbe eustachian kiesselbach waldeyer rosenmuller
  trendelenberg fowler fowlers sims lithotomy gigli kirschner steinmann ilizarov thomas hohl bristow bankart latarjet putti platt hill sachs hill-sachs weaver dunn
  bernard soulier bernard-soulier glanzmann fanconi diamond blackfan diamond-blackfan cooley pelger huet auer howell jolly howell-jolly heinz cabot dohle
  gilbert crigler najjar dubin rotor budd chiari budd-chiari caroli menetrier zollinger ellison zollinger-ellison mallory weiss mallory-weiss boerhaave schatzki zenker ogilvie hirschsprung peutz jeghers peutz-jeghers gardner lynch cowden turcot
  brugada wolff parkinson-white lown ganong mobitz wenckebach adams prinzmetal dressler fallot ebstein eisenmenger lutembacher bjork shiley fontan glenn norwood rastelli jatene mustard senning ross bentall maze
  hounsfield doppler seldinger barbotage bohler rosving bartter gitelman liddle bartters kallmann sheehan nelson plummer vinson plummer-vinson riedel de quervain pendred
  mccune albright mccune-albright von recklinghausen hippel lindau sturge sturge-weber bourneville louis bar lesch nyhan hallervorden spatz devic lambert eaton lambert-eaton
  stevens johnson stevens-johnson lyell sweet bowen queyrat gorlin merkel sezary mycosis grover hailey darier ritter
  lisch kayser fleischer kayser-fleischer brushfield mittendorf hollenhorst roth drusen marcus gunn fuchs leber stargardt best coats eales
  asherman mayer rokitansky sertoli leydig stein leventhal krukenberg brenner meigs mccall manchester burch braxton hicks braxton-hicks leopold mcroberts wood zavanelli lovset mauriceau couvelaire naegele
  spurling adson froment watson de-quervain hawkins neer speed yergason apley ober faber fabere patrick gaenslen schober stinchfield galant moro
  sprague dawley sprague-dawley wistar kell kidd duffy redman dawes-redman wellens fredrickson fraumeni li-fraumeni judkins amplatz bair nottingham macmillan guthrie zimmer bobath tinetti evita fort steiner tweed frankel winslow papez stoll gilford hutchinson hutchinson-gilford dreifuss emery-dreifuss beare beare-stevenson shields
  adamkiewicz aicardi alagille alstrom apert arthus aschoff auerbach baastrup balint bannayan bardet biedl bardet-biedl basedow batten beckwith wiedemann beckwith-wiedemann besnier birbeck bjerrum blalock taussig blalock-taussig blount boas bracht brodie brodmann buerger bywaters calot carnett chediak higashi chediak-higashi charnley cloquet cobb cockayne cockcroft gault cockcroft-gault cogan corti cotard cotrel couinaud councilman cowdry crouzon cruveilhier cullen
  dandy dandy-walker debakey dejerine denonvilliers dercum descemet dieulafoy digeorge durkan elschnig epworth esmarch ewart fahr farber fehling felson fick fitz-hugh fitz-hugh-curtis foville frei frey friedewald frohlich gasser gerota gerdy gerstmann gianotti crosti goldenhar goldmann goodsall gowers grawitz greig gubler guyon haglund hageman hanot hartnup hasner hassall hegar hering hirsch hoehn yahr holter horton howship hunner
  isaacs jaffe jarisch herxheimer jarisch-herxheimer jervell johne joubert kahler kanner meier kaplan-meier kartagener kasabach merritt kasabach-merritt kearns sayre kearns-sayre kellgren kernohan kegel kleine kleine-levin klippel feil klippel-feil trenaunay klippel-trenaunay kolmogorov krause kugelberg welander kveim laennec lafora lamaze leriche leigh letterer lhermitte likert loeffler loffler lugol lutz macewen madelung maffucci malgaigne whitney mann-whitney mayo mcardle mcgill mckenzie menghini mendelson milroy minamata mirizzi moebius mobius mohs mollaret monckeberg mondor morgagni morquio munchausen munchhausen
  negri nernst ottawa ollier oppenheim ormond ortner osborn oswestry owren pacchioni panner pappenheimer parinaud parsonage passy muir passy-muir bunnell paul-bunnell pelizaeus perls petit pirquet plaut poland poupart ramsay ramsay-hunt ramstedt rathke refsum reinke reissner retzius richter riley ritgen rivermead romano-ward rosenbach rosenthal rothmund roussy rubinstein taybi rubinstein-taybi sanfilippo scheie schamberg schaumann scheibe schmorl schwabach seckel semmes weinstein semmes-weinstein shenton shwachman shy-drager silver-russell simmonds sipple smirnov sotos spearman spigel sprengel steinert stener stickler strumpell sudeck swyer sydenham syme
  takotsubo tamm horsfall tamm-horsfall tarnier terson thiersch thomsen tietze tolosa tolosa-hunt towne treacher treacher-collins trotter tuffier tukey ullrich unna usher vaquez vogt koyanagi harada volkmann wada wallenberg walthard waterhouse friderichsen waterhouse-friderichsen weibel palade weil-felix werdnig werdnig-hoffmann wermer werner wertheim westphal whitaker wickham widal wilcoxon wiskott aldrich wiskott-aldrich wolfram wolman wrisberg yates zadik zahn zellweger zieve zinn zuckerkandl
  hickman venturi tilley exeter furlong kuntscher proseal glidescope ambu laerdal bakri nelaton tiemann redivac redon malecot pezzer cordis sones drager dräger merlin carelink
  bard-parker ray-tec ray-tech carter-thomason kling kerlix balfour heaney masterson lahey mcivor westcott stamm carrel carrell nesbit songer bugbee danek sofamor capstone biomet delee fogarty vanderbilt lieberman tessier dorsey medtronic weitlaner gelpi adson allis kelly-wick metzenbaum debakey army-navy bovie vicryl monocryl ethibond prolene penfield kerrison midas-rex leksell cobb woodson freer joker richardson deaver harrington o'sullivan o'connor bookwalter omni yankauer poole frazier kittner castroviejo sinskey utrata kelman miyoshi mcpherson ellman sonnenberg
  seidel greulich pyle greulich-pyle jobst mckinley ellis simpson philips ingenia
  jaccoud felty still caplan libman sacks libman-sacks lofgren heerfordt mikulicz
  medicare medicaid tylenol advil motrin lasix coumadin plavix lipitor zocor crestor norvasc toprol lopressor zestril prinivil diovan cozaar glucophage januvia lantus humalog novolog levemir synthroid prilosec nexium protonix pepcid zantac
  zofran reglan phenergan benadryl claritin zyrtec allegra flonase advair symbicort spiriva combivent albuterol ventolin proventil singulair prednisone medrol decadron keflex augmentin zithromax cipro levaquin bactrim flagyl vancomycin
  ativan xanax valium klonopin ambien zoloft prozac paxil celexa lexapro effexor cymbalta wellbutrin remeron seroquel zyprexa risperdal abilify haldol depakote lamictal keppra dilantin tegretol neurontin lyrica topamax
  percocet vicodin norco oxycontin dilaudid morphine ultram celebrex mobic toradol flexeril soma lovenox heparin xarelto eliquis pradaxa aspirin colace senokot dulcolax miralax lactulose potassium humira enbrel remicade keytruda opdivo herceptin avastin`,
);

/** Surnames that are words as well. */
export const WORD_SURNAMES = listed(
  `brown white black green gray grey young king hill wood woods long rose stone fields banks cook baker carter cooper mason parker turner walker ward bell bishop bush byrd
  cole day fox french gates hunter knight lane love may mills moon page pope price rice rich sharp small snow strong summers swift waters weeks west wise winters wolf best church
  cross dean drake english farmer fisher flowers ford forest foster golden hand hardy head hood joy lamb little lord marsh miles miller noble north park pierce pool porter power
  reed rivers savage shepherd sparks steel stark sweet taylor temple underwood vance wells wright johnson smith williams jones davis garcia wilson anderson thomas moore martin jackson
  thompson harris clark lewis robinson allen scott nelson adams mitchell roberts phillips campbell evans edwards collins stewart morris rogers murphy kelly howard cox richardson watson brooks
  bennett hughes sanders ross henderson coleman jenkins perry powell patterson graham sullivan wallace butler barnes simmons bryant alexander russell griffin hayes hamilton graves gibson
  burns gordon shaw holmes hunt palmer wagner stevens payne boyd kennedy warren dixon burke crawford lawson fuller weber schmidt becker hoffman wheeler carpenter chapman lynch gilbert
  webb barker potter archer bright spring winter frost field meadows brooke dale glass pepper sage bird crane swan hawk finch salmon bass pike sharpe stock story street church key lock major marshal judge`,
);

/** Capitalised words that are no part of a person's name. */
export const NO_NAMES = listed(
  `card vit bili pharm upload cart micu avf lue rue anticoag rehab abbey hôpital hopital clinique certificate portal consent form document walked draft films film cimt temp steri-strips steri-strip screws scrub ref obs cheers hi hello hey ah eh hm hmm um uh oh ok okay yeah yep yup nope nah wow well sure please sir ma'am maam welcome good great right alright fine maybe perfect exactly absolutely sorry bye goodbye huh mhm mmhmm ooh ouch gosh anyway actually
  luckily unfortunately fortunately hopefully honestly basically usually sometimes tab tabs inj cap caps syr sol oint susp iv im po sc prn bid tid qid royal saint la
  the a an and or of in on at by to for from with without is was are were has had have be been this that these those he she it they we you i his her its their our your my
  patient patients pt history past present family social medical surgical physical examination exam review systems assessment plan impression findings diagnosis diagnoses admission
  discharge summary report note notes letter clinic hospital center centre department ward unit room bed floor icu er ed or pacu nicu picu ccu medicine surgery cardiology neurology oncology
  radiology pathology pediatrics paediatrics psychiatry orthopedics orthopaedics dermatology urology nephrology gastroenterology endocrinology pulmonology rheumatology hematology haematology ophthalmology obstetrics gynecology anesthesia
  january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
  monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun today yesterday tomorrow tonight
  chief complaint medications medication allergies allergy vital vitals signs labs laboratory results imaging follow date dob age sex gender male female name address phone tel telephone email fax mrn ssn id number no
  north south east west united states kingdom america american british english dutch danish swedish norwegian finnish polish turkish korean vietnamese iranian brazilian mexican canadian australian chinese french german italian spanish russian japanese african european asian caucasian hispanic latino black white indian
  january new york los angeles san francisco london paris beijing shanghai hong kong boston chicago houston philadelphia
  mitzvah ambulance coli difficile pylori aureus yes no none not nobody somebody everybody everyone someone anyone mountain mountains unknown normal abnormal negative positive left right bilateral upper lower anterior posterior mild moderate severe acute chronic stable unchanged
  doctor dr mr mrs ms miss prof nurse rn md do phd np pa attending resident consultant physician provider surgeon practitioner assistant specialist team staff service services
  blood pressure heart rate temperature pulse respiratory oxygen saturation weight height bmi glucose sodium potassium creatinine hemoglobin haemoglobin
  dear sincerely regards thank thanks please re cc attn subject signed electronically dictated reviewed
  who what when where why how which if then else while after before during since until also but so as all any each every some no other another
  god jesus christ christmas easter ramadan diwali thanksgiving covid sars hiv hbv hcv copd chf cad dm htn mri ct pet ecg ekg eeg emg cxr usg ultrasound xray x-ray
  sirs sir madam hosp booked arranged requested unavailable available cancelled canceled rebooked offered paracetamol ibuprofen mediterranean claim claims claimant appeal appeals refund refunds invoice invoices deductible receipt receipts copay copayment billing auth authorisation authorization insurer premium remittance reimbursement payable overdue deposit ledger
  login logins logout download upload router firewall gateway printer workstation laptop tablet password passwords username dashboard database backup antivirus intranet sticker stickers label labels barcode parcel locker keypad keycode
  hostel theatre theatres pager switchboard voicemail callback serial generator infuser infusor infusion ventilator concentrator nebuliser nebulizer oximeter glucometer defibrillator stimulator transmitter sensor humidifier dispensing taxi visitors seamen fishermen
  assurity azure advisa ingevity resonate accolade evera visia amplia quadra ellipse endurity medtronic biotronik
  information education consent instructions care health system school university college institute foundation trust council association society company corporation inc ltd llc
  street road avenue lane drive court place way boulevard square medicare medicaid insurance policy account record chart file form page section table figure appendix step grade stage class type phase level group day week month year hour`,
);

/** With what the name of a street ends. */
export const STREETS =
  'Approach|Side|Garth|Staithe|Hythe|Ginnel|Backs|Strand|Street|St|Road|Rd|Avenue|Ave|Av|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Terrace|Ter|Way|Close|Crescent|Cres|Gardens|Gdns|Grove|Mews|Square|Sq|Hill|Row|Walk|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Trail|Trl|Loop|Park|View|Rise|Green|Alley|Path|Pike|Plaza|Point|Ridge|Run|Crossing|Pass|Turnpike|Expressway|Common|Commons|Quay|Wharf|Parade|Yard|Villas|Drove|Vale|Landing|Hollow|Glen|Heights|Meadow|Meadows|Bend|Cove|Creek|Trace|Knoll|Passage|Route|Broadway|Embankment|Causeway|Bridge|Esplanade|Promenade|Croft|Fold|Bank|Chase|Dell|End|Gate|Field|Fields|Orchard|Spur|Estate|Colony|Nagar|Layout|Marg|Enclave|Vihar|Chowk|Salai|Residency|Apartments|Towers|Mansions|Brae|Wynd|Gait|Wharfe|Mount|Mews|Cottages|Boreen|Brow|Pde|Bvd|Tce|Cct|Circuit|Garth|Nook|Strand|Paddock|Leas|Leys|Mead|Copse|Weir|Hythe|Rookery|Xing|Trce|Cv|Lndg|Manor|Bazaar|Bazar';

/** With what the name of a place of care ends, in small letters. */
export const CARE_HEADS = listed(
  'hospital hospitals clinic clinics infirmary hospice sanatorium polyclinic pharmacy surgery practice centre center centres centers home institute trust healthcare group system services network partners associates medicine living nursing facility rehabilitation rehab care memorial general phc chc service pavilion vascular regional universitätsklinik universitätsklinikum unit',
);
