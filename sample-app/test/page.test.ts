import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Browser, Page } from 'puppeteer-core';
import { type TestApplication, testApplication } from 'yunction/testing';
import { options } from '../app.js';
import { STEP_MS } from '../orders/stored-order-repository.js';
import { joinAs, openPage, say, textOf, withBrowser, withoutChromium } from './pages.js';

it('the page orders, watches, asks and chats in a real browser', { skip: withoutChromium }, async () => {
  await using application = await testApplication({ ...options, override: [[STEP_MS, 100]] });
  await withBrowser((browser) => useThePage(browser, application));
});

async function useThePage(browser: Browser, application: TestApplication): Promise<void> {
  const complaints: string[] = [];
  const ada = await openPage(browser, application.url, complaints);
  const ben = await openPage(browser, application.url, complaints);

  await ada.bringToFront(); // a tab in the background paints nothing, and nothing there can be clicked
  await seesItsMistakes(ada);
  await placesAnOrder(ada);
  await asksTheAssistant(ada);
  await uploadsAFile(ada);
  await chat(ada, ben);

  assert.deepEqual(complaints, []);
}

/** The server's words stand below the fields that they are about. */
async function seesItsMistakes(page: Page): Promise<void> {
  await page.locator('#order-email').fill('ada');
  await page.locator('[name="lines[0].quantity"]').fill('0');
  await page.locator('#order-submit').click();
  await page.waitForSelector('#order-form label .error');
  assert.equal(await textOf(page, 'label:has(#order-email) .error'), 'email must be an email');
  assert.match(await textOf(page, 'label:has([name="lines[0].quantity"]) .error'), /quantity must not be less than 1/);
  assert.equal((await page.$$('#progress:not([hidden])')).length, 0);
}

async function placesAnOrder(page: Page): Promise<void> {
  await page.locator('#order-email').fill('ada@example.com');
  await page.locator('[name="lines[0].quantity"]').fill('2');
  await page.locator('#order-submit').click();
  await page.waitForSelector('#steps li:last-child[data-done]');
  assert.match(await textOf(page, '#order-status'), /^Order 1 \(€4\.40\): delivered$/);
  assert.equal((await page.$$('#order-form .error:not(:empty)')).length, 0, 'the old mistakes are gone');
}

async function asksTheAssistant(page: Page): Promise<void> {
  await page.locator('#question').fill('<b>tea</b>?');
  await page.locator('#ask').click();
  await page.waitForSelector('#answer ::-p-text(croissant.)');
  assert.match(await textOf(page, '#answer'), /^You asked: “<b>tea<\/b>\?”/);
}

async function uploadsAFile(page: Page): Promise<void> {
  const input = await page.waitForSelector('input#upload-file');
  assert.ok(input !== null);
  await input.uploadFile(import.meta.filename);
  await page.locator('#upload-submit').click();
  await page.waitForSelector('#files button');
  assert.match(await textOf(page, '#files span'), /^page\.test\.js, \d+ bytes$/);
}

async function chat(ada: Page, ben: Page): Promise<void> {
  await joinAs(ada, 'Ada');
  await joinAs(ben, 'Ben');
  await ada.waitForSelector('#chat-members ::-p-text(Ada, Ben)');

  await say(ada, 'hello <img src=x>');
  await ben.waitForSelector('#chat-log ::-p-text(hello)');
  assert.equal(await textOf(ben, '#chat-log li:last-child'), 'Ada hello <img src=x>');
  assert.equal((await ben.$$('#chat-log img')).length, 0, 'text stays text');

  await say(ben, 'good morning');
  await ada.waitForSelector('#chat-log ::-p-text(good morning)');
  assert.equal(await textOf(ada, '#chat-log li:last-child'), 'Ben good morning');

  await ben.close();
  await ada.waitForSelector('#chat-log ::-p-text(Ben left)');
}
