/** Words of handing a run off to a cluster, in both languages. */
import { inLanguages } from '../../studio/language.ts';

export const handOffText = inLanguages({
  en: {
    act: 'Hand off to a cluster',
    title: (name: string) => `Hand “${name}” off to a cluster?`,
    about:
      'The same run goes on with PyTorch, on a workstation or a cluster: the same records in the same order, the same start, the same dropout. You get one file, a bundle, with everything that takes.',
    holds: 'In the bundle',
    recipe: 'the recipe, the seeds, and the trainer with its one command (README.md)',
    progress: 'curves, branches and checkpoint, where the run is under way',
    base: 'not the base model: its name and hashes; whoever trains needs its Hugging Face folder',
    records: 'Put the records in',
    recordsHelp:
      'As tokens, which anybody can turn back into text: these are patients’ texts, if yours are. Take the bundle only where the records may lie. Without them it holds their hashes; the files then come from the same records on the cluster.',
    back: 'The trainer writes run.zip. Drop it here: it opens as a run of its own, with curves, experts, chat and export. Until then this run waits as handed off, and can go on here all the same.',
    backTitle: 'How it comes back',
    paused: 'The run leaves this GPU.',
    make: 'Make the bundle',
    making: 'Making the bundle',
    ready: (name: string, size: string) => `${name}, ${size}`,
    save: 'Save the bundle',
    waits: (date: string) => `Handed off to be trained elsewhere, ${date}`,
    waitsHelp:
      'When it comes back, drop run.zip on the page. It opens as a run of its own, beside this one.',
    goOn: 'Go on here',
    goOnTitle: (name: string) => `Go on with “${name}” here?`,
    goOnHelp:
      'The run trains here from the same step, and the cluster trains it, too. What comes back opens as a run of its own all the same.',
    returned: (name: string) => `Came back as “${name}”`,
    show: 'Show',
  },
  zh: {
    act: '交给集群训练',
    title: (name) => `把“${name}”交给集群训练？`,
    about:
      '同一次训练由 PyTorch 在工作站或集群上继续：相同的记录、相同的顺序、相同的起点、相同的 dropout。你会得到一个文件（接力包），其中有所需的一切。',
    holds: '接力包中有',
    recipe: '配方、随机种子，以及训练程序和它的一条命令（README.md）',
    progress: '训练若已开始，还有曲线、分支和检查点',
    base: '没有基座模型，只有它的名称和哈希值；训练的人需要它的 Hugging Face 文件夹',
    records: '放入记录',
    recordsHelp:
      '记录以词元形式放入，任何人都能把它们还原成文字：如果你的记录是病人的文字，这里就是病人的文字。只能把接力包放在允许存放这些记录的地方。不放入时只有哈希值，文件须在集群上由相同的记录生成。',
    back: '训练程序写出 run.zip。把它拖到这里，它会作为单独的一次训练打开，带有曲线、专家、对话和导出。在此之前，本训练标为已交出并等待，也仍可在这里继续。',
    backTitle: '如何回来',
    paused: '训练会离开这块 GPU。',
    make: '制作接力包',
    making: '正在制作接力包',
    ready: (name, size) => `${name}，${size}`,
    save: '保存接力包',
    waits: (date) => `已交出，在别处训练，${date}`,
    waitsHelp: '回来时，请把 run.zip 拖到页面上。它会作为单独的一次训练打开，与本训练并列。',
    goOn: '在这里继续',
    goOnTitle: (name) => `在这里继续“${name}”？`,
    goOnHelp: '训练会从同一步在这里继续，集群也会训练它。回来的结果仍会作为单独的一次训练打开。',
    returned: (name) => `已回来，名为“${name}”`,
    show: '查看',
  },
});
