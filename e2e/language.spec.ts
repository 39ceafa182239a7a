/** Another language says every page in other words, and leaves it as it was set: its view, its choices, what is typed, the focus. */
import { expect, goByPath, openStudio, runStatus, test } from './studio.ts';

test('another language leaves every page as it was set', async ({ page }) => {
  await openStudio(page);
  await page.getByRole('button', { name: 'Open a worked example' }).click();
  await expect(runStatus(page)).toContainText('Worked example');

  /** What holds in English is looked for in Chinese, then the page is English again. */
  const inChinese = async (look: () => Promise<void>): Promise<void> => {
    const choice = page.getByRole('banner').getByRole('combobox');
    await choice.selectOption('zh');
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await look();
    await choice.focus();
    await choice.selectOption('en');
    await expect(page.locator('html')).toHaveAttribute('lang', 'en-GB');
    await expect(choice).toBeFocused();
  };
  const chosen = (name: string) => page.getByRole('radio', { name, exact: true });
  const heading = (name: string) => page.getByRole('heading', { level: 1, name });

  await test.step('Train: what is drawn seldom speaks the other language too, and the choices stay', async () => {
    const curves = page.getByRole('region', { name: 'Curves' });
    const smoothing = curves.getByRole('slider', { name: 'Smoothing' });
    await smoothing.press('Home');
    await expect(smoothing).toHaveAttribute('aria-valuetext', 'off');
    await inChinese(async () => {
      const own = page.getByRole('region', { name: '曲线' });
      await expect(own.getByRole('slider', { name: '平滑' })).toHaveAttribute(
        'aria-valuetext',
        '关',
      );
      await expect(own.getByRole('figure', { name: '损失（每个目标词元的 nll）' })).toBeVisible();
      await expect(own).not.toContainText('Learning rate');
      await expect(page.getByRole('list', { name: '配方的各阶段' })).toContainText('知识聚合');
      await expect(page.getByRole('table', { name: '每个优化步的数值' })).toContainText('学习率');
    });
    await chosen('Set up').click();
    await inChinese(() => expect(chosen('设置')).toBeChecked());
    await expect(chosen('Set up')).toBeChecked();
  });

  await test.step('Experts: how the aggregators grow', async () => {
    await goByPath(page, 'experts');
    await expect(heading('Experts')).toBeVisible();
    await chosen('‖A‖').click();
    await inChinese(async () => {
      await expect(heading('专家')).toBeVisible();
      await expect(chosen('‖A‖')).toBeChecked();
    });
  });

  await test.step('Evaluate: its views', async () => {
    await goByPath(page, 'evaluate');
    await chosen('Memorisation').click();
    await inChinese(() => expect(chosen('记忆')).toBeChecked());
    await expect(page.getByRole('region', { name: 'What the run remembers' })).toBeVisible();
    await chosen('Ablation grid').click();
    await inChinese(() => expect(chosen('消融网格')).toBeChecked());
  });

  await test.step('Chat: what is typed', async () => {
    await goByPath(page, 'chat');
    await page.getByRole('textbox', { name: 'Prompt for both models' }).fill('What is a fever?');
    await inChinese(async () => {
      const typed = page.getByRole('textbox', { name: '给两个模型的提示' });
      await expect(typed).toHaveValue('What is a fever?');
      await expect(page.getByRole('option', { name: '基座' }).first()).toBeAttached();
    });
    await expect(page).toHaveTitle('Chat · MedCare Studio');
  });
});
