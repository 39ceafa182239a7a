/** Words of what to change so that a browser gives a GPU. */
import type { ReactNode } from 'react';
import { inLanguages } from '../../../studio/language.ts';
import type { Browser, System, WebGpuAdvice } from '../../../studio/webgpu-advice.ts';

const VULKAN = '--enable-unsafe-webgpu --enable-features=Vulkan';
const SWIFTSHADER = '--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader';

const systemNames: Readonly<Record<System, string>> = {
  windows: 'Windows',
  macos: 'macOS',
  linux: 'Linux',
  chromeos: 'ChromeOS',
  android: 'Android',
  ios: 'iOS',
  other: '',
};

export const webGpuText = inLanguages({
  en: {
    here: ({ engine, version, system }: Browser): string => {
      const engines = {
        chrome: `a browser built on Chrome’s engine (${version ?? '?'})`,
        firefox: `Firefox ${version ?? ''}`,
        safari: version === null ? 'a browser built on Safari’s engine' : `Safari ${version}`,
        other: 'a browser that the studio does not know',
      };
      return `This is ${engines[engine]}${system === 'other' ? '' : ` on ${systemNames[system]}`}.`;
    },
    advice: {
      'not-secure': (
        <>
          <strong>This page was loaded over plain http from another computer.</strong> Browsers give
          a GPU and storage only to pages loaded over <code>https</code> or from{' '}
          <code>localhost</code>: open it that way.
        </>
      ),
      'chrome-update': (
        <>
          <strong>Update the browser</strong>: the studio needs Chrome or Edge 121 or newer.
        </>
      ),
      'chrome-linux': (
        <>
          <strong>Chrome on Linux</strong> offers a GPU by default with Intel graphics of generation
          12 or newer (from version 144) and with NVIDIA’s driver (from version 147). With other
          cards, start it with <code>{VULKAN}</code>.
        </>
      ),
      'chrome-android': (
        <>
          Chrome on Android must be version 121 or newer. It needs Android 12 or newer and a GPU by
          ARM, Qualcomm or Intel.
        </>
      ),
      'firefox-windows': (
        <>
          <strong>Update Firefox</strong>: it has WebGPU on Windows from version 141.
        </>
      ),
      'firefox-macos': (
        <>
          <strong>Firefox on macOS</strong> has WebGPU from version 147 (145 on macOS 26), on Apple
          silicon only.
        </>
      ),
      'firefox-linux': (
        <>
          <strong>Firefox on Linux</strong>: open <code>about:config</code>, set{' '}
          <code>dom.webgpu.enabled</code> to <code>true</code>, and reload this page.
        </>
      ),
      'firefox-android': <>Firefox on Android has no WebGPU.</>,
      'safari-update': (
        <>
          <strong>Safari has WebGPU from version 26</strong>, which needs macOS 26.
        </>
      ),
      'ios-update': (
        <>
          <strong>On iPhone and iPad</strong> every browser has WebGPU from iOS or iPadOS 26.
        </>
      ),
      acceleration: (
        <>
          Turn on <strong>hardware acceleration</strong> in the browser’s settings, update the
          graphics driver, and restart the browser.
        </>
      ),
      'software-adapter': (
        <>
          <strong>No GPU at all</strong>: a software adapter works, slowly. Start the browser with{' '}
          <code>{SWIFTSHADER}</code>.
        </>
      ),
      'other-browser': (
        <>
          Or open this page in <strong>Chrome or Edge 121 or newer</strong>.
        </>
      ),
    } satisfies Record<WebGpuAdvice, ReactNode>,
  },
  zh: {
    here: ({ engine, version, system }) => {
      const engines = {
        chrome: `Chrome 系浏览器（${version ?? '?'}）`,
        firefox: `Firefox ${version ?? ''}`,
        safari: version === null ? 'Safari 内核的浏览器' : `Safari ${version}`,
        other: '工作室不认识的浏览器',
      };
      return `当前是${system === 'other' ? '' : ` ${systemNames[system]} 上的 `}${engines[engine]}。`;
    },
    advice: {
      'not-secure': (
        <>
          <strong>本页面来自另一台电脑，且通过普通 http 打开。</strong>浏览器只向通过{' '}
          <code>https</code> 打开或来自 <code>localhost</code> 的页面提供 GPU
          和存储：请改用其中一种方式打开。
        </>
      ),
      'chrome-update': (
        <>
          <strong>请更新浏览器</strong>：Chrome 和 Edge 从 121 版起具备工作室所需的功能。
        </>
      ),
      'chrome-linux': (
        <>
          <strong>Linux 上的 Chrome</strong>：使用第 12 代及以上的 Intel 显卡（144 版起）或 NVIDIA
          驱动（147 版起）时，会直接提供 GPU。使用其他显卡时，启动时请加上 <code>{VULKAN}</code>。
        </>
      ),
      'chrome-android': (
        <>Android 上的 Chrome 需要 121 版及以上、Android 12，以及 ARM、Qualcomm 或 Intel 的 GPU。</>
      ),
      'firefox-windows': (
        <>
          <strong>请更新 Firefox</strong>：在 Windows 上，它从 141 版起支持 WebGPU。
        </>
      ),
      'firefox-macos': (
        <>
          <strong>macOS 上的 Firefox</strong> 从 147 版起支持 WebGPU（在 macOS 26 上从 145
          版起），且仅限 Apple 芯片。
        </>
      ),
      'firefox-linux': (
        <>
          <strong>Linux 上的 Firefox</strong>：请打开 <code>about:config</code>，将{' '}
          <code>dom.webgpu.enabled</code> 设为 <code>true</code>，然后重新加载本页面。
        </>
      ),
      'firefox-android': <>Android 上的 Firefox 没有 WebGPU。</>,
      'safari-update': (
        <>
          <strong>Safari 从 26 版起支持 WebGPU</strong>，需要 macOS 26。
        </>
      ),
      'ios-update': (
        <>
          <strong>在 iPhone 和 iPad 上</strong>，所有浏览器都从 iOS 或 iPadOS 26 起支持 WebGPU。
        </>
      ),
      acceleration: (
        <>
          请在浏览器设置中开启<strong>硬件加速</strong>，更新显卡驱动，然后重新启动浏览器。
        </>
      ),
      'software-adapter': (
        <>
          <strong>完全没有 GPU</strong>：可使用软件适配器，但速度很慢。启动浏览器时请加上{' '}
          <code>{SWIFTSHADER}</code>。
        </>
      ),
      'other-browser': (
        <>
          或者用 <strong>Chrome 或 Edge 121 及以上</strong>打开本页面。
        </>
      ),
    },
  },
});
