// Two tabs on two instances that share a Redis; one instance is killed and started again.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Browser, Page } from 'puppeteer-core';
import { type Instance, startInstance, startRedis, withoutRedis } from './instances.js';
import { joinAs, openPage, say, withBrowser, withoutChromium } from './pages.js';

it('two tabs on two instances share a room, and go on when an instance is killed and comes back', {
  skip: withoutRedis || withoutChromium,
}, async (t) => {
  const redis = await startRedis();
  const instances = await Promise.all([startInstance(redis.url), startInstance(redis.url)]);
  t.after(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await redis.stop();
  });
  const [one, other] = instances;
  await withBrowser((browser) => talk(browser, one, other));
});

async function talk(browser: Browser, one: Instance, other: Instance): Promise<void> {
  const complaints: string[] = [];
  const ada = await openPage(browser, one.url, complaints);
  const ben = await openPage(browser, other.url, complaints);
  await joinAs(ada, 'Ada');
  await joinAs(ben, 'Ben');
  await ada.waitForSelector('#chat-members ::-p-text(Ada, Ben)');

  const words: string[] = [];
  const tell = async (page: Page, text: string) => {
    words.push(text);
    await say(page, text);
  };
  const hears = (page: Page, text: string) => page.waitForSelector(`#chat-log ::-p-text(${text})`);
  await tell(ada, 'first-1');
  await tell(ben, 'first-2');
  await Promise.all([hears(ada, 'first-2'), hears(ben, 'first-2')]);

  // An order of hers, which is watched on the instance that is about to die.
  await ada.bringToFront();
  await ada.locator('#order-email').fill('ada@example.com');
  await ada.locator('#order-submit').click();
  await ada.waitForSelector('#steps li:nth-child(2)[data-done]');

  await one.kill();
  await ada.waitForSelector('#chat-members ::-p-text(Connecting again)');
  for (const text of ['while-1', 'while-2', 'while-3']) {
    await tell(ben, text);
    await hears(ben, text);
  }
  // What she says meanwhile is sent when she is back; the field is emptied when it is answered.
  await ada.bringToFront();
  await ada.locator('#chat-text').fill('queued-1');
  await ada.locator('#chat-send').click();
  words.push('queued-1');
  await one.start();
  await ada.waitForFunction(`document.getElementById('chat-text').value === ''`);
  await tell(ben, 'after-1');
  await tell(ada, 'after-2');
  await Promise.all([hears(ada, 'after-2'), hears(ben, 'after-2')]);

  // Both have heard everything, once and in order; and she is known to be back.
  assert.deepEqual(await heard(ada), words);
  assert.deepEqual(await heard(ben), words);
  await ben.waitForSelector('#chat-log ::-p-text(Ada is back)');
  await ben.waitForSelector('#chat-members ::-p-text(Ada)');
  await ada.bringToFront();
  await ada.waitForSelector('#steps li:last-child[data-done]');
  assert.deepEqual(complaints, []);
}

/** What was said in the room, as a page shows it. */
function heard(page: Page): Promise<string[]> {
  return page.$$eval('#chat-log li:not(.news)', (lines) => lines.map((line) => line.textContent?.split(' ')[1] ?? ''));
}
