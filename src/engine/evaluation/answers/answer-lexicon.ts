/** The words of the grammar that reads answers (answer-grammar.ts), in English and Chinese. */

export type WordKind =
  /** "the answer", 答案: what follows, linked by "is" or a colon, is the answer. */
  | 'answer'
  /** The word "option": needs "is" to name one. */
  | 'option'
  /** The thing a question asks for: "the most likely diagnosis is B". */
  | 'topic'
  | 'link'
  | 'choose'
  | 'not'
  | 'and'
  | 'or'
  | 'but'
  /** Takes back the statement before it. */
  | 'correction'
  /** Adds to the statement before it. */
  | 'also'
  | 'if'
  | 'right'
  | 'wrong'
  | 'it'
  /** May stand between a cue and its answer, or before an answer, without changing it. */
  | 'filler'
  /** Opens a reason or a clause after an answer. */
  | 'reason'
  | 'function'
  | 'range'
  | 'except'
  /** Begins the part that holds in every other case. */
  | 'otherwise'
  /** Looks like one of the words above, or begins with one, but is a different word. */
  | 'word';

/** Phrases by kind; the reader takes the longest that fits. */
const words: Readonly<Record<WordKind, string>> = {
  answer: `answer|answers|ans|final answer|correct answer|right answer|best answer|final decision|decision|
    conclusion|final choice|答案|正确答案|最终答案|标准答案|参考答案|答案选项|答案选择|答|结论|最终结论|final prediction|prediction`,
  option: `option|options|choice|choices|selection|letter|letters|statement|statements|answer choice|answer choices|
    answer option|answer options|item|items|one|ones|label|section|category|class|type|group|response|
    选项|项|选择项|答案项|两项|三项|四项|类别|标签|分类|类型|章节|一项|者|类|型|what remains|what is left|余下的|剩下的|剩余的`,
  topic: `diagnosis|treatment|management|step|next step|therapy|medication|drug|cause|mechanism|finding|test|
    explanation|solution|result|judgement|judgment|verdict|assessment|classification|
    诊断|治疗|处理|措施|检查|药物|原因|病因|机制|结果|判断|分类结果|判断结果|关系|诊断结果|检测结果|方法`,
  link: `seems|seems to be|appears|appears to be|looks|sounds|fits|matches|suggests|indicates|supports|is|are|was|were|be|being|remains|equals|belongs to|belong to|classified as|considered|considered as|
    labelled as|labeled as|是|为|应为|应是|就是|即|即为|即是|便是|乃是|则是|则为|属于|归为|判为|判断为|判定为|包括|有|显示|提示为|显示为|呈`,
  choose: `choose|chooses|chose|choosing|select|selects|selected answer is|selecting|pick|picks|picking|go with|going with|
    went with|opt for|opting for|settle on|vote for|say|answer with|go for|think|believe|guess|feel|change my answer to|changed my answer to|switch to|
    revise my answer to|change to|认为|觉得|认为是|leaves|leaves us with|leaves me with|leaves only|leaving|leaving us with|leaving only|
    left with|narrows down to|narrows it down to|narrowed down to|narrowed it down to|comes down to|剩下|只剩|只剩下|
    仅剩|仅剩下|余下|剩余|剩|
    选|选择|选取|选用|应选|故选|可选|当选择|选的是|选的|首选|选中|应选择|故选择|改选|应该选|应该选择|选定|勾选`,
  not: `not|never|neither|nor|none of|no longer|excluding|cannot|rule out|ruling out|eliminate|eliminating|exclude|without|
    不|不是|并非|并不是|不应|不能|不可|不为|非|不应该|没有|排除|排除了|不会|而不是|而非|不属于|不选|不能选|不应选|不可选|未|未见|未呈|未呈现|未发现|未提示|未检出|未显示|并未|rather than|instead of`,
  and: `and|&|plus|as well as|along with|together with|+|和|与|及|以及|跟|同|加上|还有|并且|且|以及选项|并`,
  or: `or|either|or else|或|或者|还是|要么`,
  but: `but|而|而是|却|但|但是|应是|it's`,
  correction: `wait|no wait|actually|sorry|correction|scratch that|i mean|i meant|on second thought|on reflection|my mistake|
    oops|let me correct|let me correct that|更正|纠正|修正|其实|实际上|应改为|改为|更正为|抱歉|等等|等一下|说错了|我错了|不好意思|重新考虑`,
  also: `also|another|too|additional|additionally|second|third|也|还|另|另一个|另外|此外|同样|还有一个`,
  if: `if|unless|whether|had|were it|suppose|如果|若|假如|假设|倘若|要是|是否`,
  right: `correct|right|true|best|accurate|appropriate|suitable|valid|chosen|most appropriate|the best fit|selected|
    正确|对|符合|恰当|合适|准确|成立|无误|最佳选择|正确选择|最优选择|最佳选项|对的|符合题意|正确的|符合题意的|√|✓|✔|✅|☑`,
  wrong: `wrong|incorrect|false|inaccurate|inappropriate|invalid|untrue|excluded|ruled out|eliminated|unlikely|
    错误|错|错的|错误的|有误|不正确|不对|不符合|不符合题意|不准确|不成立|不恰当|不合适|不正确的|不符合题意的|可排除|可以排除|被排除|已排除|应排除|予以排除|都不是|均不是|×|✗|✘|❌`,
  it: `it|this|that|这|该|它|那|which`,
  filler: `根据题意|the|a|an|my|our|to|would|should|must|will|can|could|may|might|shall|do|does|did|have|has|been|both|all|only|just|simply|
    indeed|definitely|likely|probably|probable|most|most likely|clearly|therefore|thus|so|hence|then|here|please|possibly|perhaps|presumably|hmm|finally|lastly|
    i|we|you|final|single|given|following|possible|certainly|obviously|overall|in conclusion|in summary|am|'d|well|okay|ok|sure|那么|很可能|很有可能|有可能|by elimination|by exclusion|by process of elimination|by the process of elimination|
    排除法|用排除法|采用排除法|使用排除法|    应该|应当|应|都|均|只|仅|只有|仅有|最|可能|就|故|因此|所以|综上|综上所述|由此可知|可知|可见|显然|其中|本题|此题|该题|
    我|我们|我的|外|以外|之外|其余|其他|其它|你|正确选项|最佳|最终|最可能|最可能的|的|则|才|便|以上|以下|题|故本题|本|故答案|全|可以|要|必须|得|一定|无疑|了|上述|该患者|患者`,
  reason: `because|since|as|due|given that|based|according|therefore the|因为|因|由于|理由|理由是|原因是|根据|依据`,
  function: `that|for|of|about|regarding|at|within|among|in|on|with|when|while|although|though|by|from|if not|who|whose|instead|respectively|
    这|其|从而|适用于|适合|可|能|会|能够|可以使|主要|用于|通过`,
  range: `through|thru|~|至|到`,
  except: `except|except for|everything but|all but|but not|other than|除|除了|除去`,
  otherwise: `otherwise|否则|不然|反之`,
  word: `未来|未必|未婚|未知|未成年|blood group|blood type|血型|there|a lot|首先|首都|选修|候选|候选人|单选|多选|单选题|多选题|选择题|不定项选择题|单项选择题|多项选择题|选出|筛选|
    挑选|选手|当选|被选|有效|有些|有时|具有|没有任何|因子|病因学|对于|对比|对照|相对|绝对|反对|针对|面对|是否为|和谐|同时|同样的|
    不同|不良|不足|不仅|不但|非常|非典型|错觉|题目|题干|目的|的确|认为的|回答|解答|作答|问答|答题|能力|因果|因素|为什么|作为|
    成为|称为|分为|因为什么|成对|可能性|全身|全部|最后|最初|最近|得到|获得|必须的|要求|需要|重要|主要的|应用|反应|反应性|适应|效应|对应|应激|供应`,
};

const kinds = Object.keys(words) as readonly WordKind[];

/** Kind of each phrase, in lower case. A phrase listed twice has the kind that lists it first. */
export const lexicon: ReadonlyMap<string, WordKind> = new Map(
  kinds
    .toReversed()
    .flatMap((kind) => words[kind].split('|').map((phrase) => [phrase.trim(), kind] as const)),
);

/** Words of the longest English phrase, and characters of the longest Chinese one. */
export const longestPhrase = Math.max(
  ...[...lexicon.keys()].map((phrase) => phrase.split(' ').length),
);
export const longestHan = Math.max(
  ...[...lexicon.keys()]
    .filter((phrase) => /\p{Script=Han}/u.test(phrase))
    .map(({ length }) => length),
);

/** Makes a term of the letter before it: B型, C反应蛋白, D二聚体. */
export const termOfLetter =
  /^(?:型|族|超|细胞|淋巴|反应|肽|二聚|级|期|组|类|群|链|波|线|角|羊|胎|病毒|蛋白|抗原|球菌|段|峰|区|酶|受体|纤维|环|胺|因子)/u;
