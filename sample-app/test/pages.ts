// The page in a real browser, as somebody uses it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { findChromium } from './find-chromium.js';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const executablePath = findChromium();

/** Why tests in a browser are left out; `false`: they are not. Where everything has to be tested, they fail instead. */
export const withoutChromium: string | false =
  executablePath === undefined && process.env['CI'] !== 'true' ? 'no Chromium on the PATH' : false;

/** Opens a browser with a profile of its own, and closes it again. */
export async function withBrowser(use: (browser: Browser) => Promise<void>): Promise<void> {
  if (executablePath === undefined) throw new Error('no Chromium on the PATH, and CI must not go without this test');
  const userDataDir = await mkdtemp(join(tmpdir(), 'ordering-desk-browser-'));
  try {
    const browser = await puppeteer.launch({ executablePath, userDataDir, args: FLAGS });
    try {
      await use(browser);
    } finally {
      await browser.close();
    }
  } finally {
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** @param complaints gets what fails in the page, and what it asks of others than its server. */
export async function openPage(browser: Browser, url: string, complaints: string[]): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const to = request.url();
    if (!to.startsWith(`${url}/`) && !to.startsWith('data:')) complaints.push(`asks elsewhere: ${to}`);
  });
  await page.goto(`${url}/`);
  await page.waitForSelector('#order-lines option');
  return page;
}

export async function joinAs(page: Page, name: string): Promise<void> {
  await page.bringToFront();
  await page.locator('#chat-name').fill(name);
  await page.locator('#chat-join').click();
  await page.waitForSelector('#chat-log ::-p-text(Welcome to bar)');
}

export async function say(page: Page, text: string): Promise<void> {
  await page.bringToFront();
  await page.locator('#chat-text').fill(text);
  await page.locator('#chat-send').click();
}

export async function textOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, ({ textContent }) => textContent ?? '');
}
