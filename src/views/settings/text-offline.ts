/** Words of the settings card about the studio without a network. */
import { inLanguages } from '../../studio/language.ts';

export const offlineText = inLanguages({
  en: {
    title: 'Without a network',
    files: 'Files of the studio',
    fileStates: {
      unknown: 'not kept yet',
      kept: 'kept in this browser: the studio opens without a network',
      never: 'not kept: this browser or this address does not allow it',
      removed: 'removed; kept again at the next visit',
    },
    version: 'Version',
    latest: 'the newest that was found',
    newer: 'a newer one is ready',
    update: 'Load it',
    busy: 'Something is still under way here or in another tab. Load the new version when it has ended or was stopped.',
    install: 'Install as an app',
    remove: 'Remove kept files',
    help: 'Only the files of the studio itself are meant. Your records, models and runs are stored apart from them, and removing or renewing the files changes none of these.',
  },
  zh: {
    title: '离线使用',
    files: '工作室的文件',
    fileStates: {
      unknown: '尚未保存',
      kept: '已保存在本浏览器：没有网络也能打开',
      never: '未保存：本浏览器或当前网址不允许',
      removed: '已移除；下次访问时会重新保存',
    },
    version: '版本',
    latest: '目前找到的最新版本',
    newer: '有新版本可用',
    update: '载入新版本',
    busy: '本标签页或其他标签页仍有任务在进行。请在任务结束或停止后再载入新版本。',
    install: '安装为应用',
    remove: '移除保存的文件',
    help: '这里只涉及工作室自身的文件。记录、模型和训练另行存储，移除或更新这些文件不会改变它们。',
  },
});
