/** Words of the settings card about the studio without a network. */
import { inLanguages } from '../../studio/language.ts';

export const offlineText = inLanguages({
  en: {
    title: 'Without a network',
    files: {
      unknown: 'The files of the studio are not kept in this browser yet.',
      kept: 'The files of the studio are kept in this browser: it opens without a network.',
      never:
        'The files of the studio are not kept: this browser or this address does not allow it.',
      removed: 'The kept files were removed. They are kept again at the next visit.',
    },
    latest: 'This is the newest version that was found.',
    newer: 'A newer version is ready.',
    update: 'Load the new version',
    busy: 'Something is still under way here or in another tab. Load the new version when it has ended or was stopped.',
    install: 'Install as an app',
    remove: 'Remove kept files',
    help: 'Records, models and runs are stored apart from these files: renewing or removing the files changes none of them.',
  },
  zh: {
    title: '离线使用',
    files: {
      unknown: '工作室的文件尚未保存在本浏览器。',
      kept: '工作室的文件已保存在本浏览器：没有网络也能打开。',
      never: '工作室的文件未保存：本浏览器或当前网址不允许。',
      removed: '保存的文件已移除，下次访问时会重新保存。',
    },
    latest: '这是目前找到的最新版本。',
    newer: '有新版本可用。',
    update: '载入新版本',
    busy: '本标签页或其他标签页仍有任务在进行。请在任务结束或停止后再载入新版本。',
    install: '安装为应用',
    remove: '移除保存的文件',
    help: '记录、模型和训练另行存储：更新或移除这些文件不会改变它们。',
  },
});
