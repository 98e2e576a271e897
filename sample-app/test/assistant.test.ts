import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Problem } from 'yunction';
import { testApplication } from 'yunction/testing';
import { options } from '../app.js';
import { FakeModel } from '../assistant/fake-model.js';
import { LanguageModel } from '../assistant/language-model.js';

/** Says the same word until nobody listens. */
class EndlessModel extends LanguageModel {
  #hasStopped: () => void = () => undefined;
  readonly stopped = new Promise<void>((resolve) => {
    this.#hasStopped = resolve;
  });

  override async *answer(_question: string, signal: AbortSignal): AsyncGenerator<string> {
    try {
      for (;;) {
        yield 'more ';
        await wait(5, undefined, { signal });
      }
    } finally {
      this.#hasStopped();
    }
  }
}

/** Fails in the middle. */
class BrokenModel extends LanguageModel {
  override async *answer(): AsyncGenerator<string> {
    yield 'well ';
    throw new Error('out of words');
  }
}

describe('the assistant', () => {
  it('streams an answer word by word and says when it is complete', async () => {
    await using application = await testApplication(options);
    const stream = await application.sse('/assistant/answers', { method: 'POST', json: { question: 'tea?' } });
    const words: string[] = [];
    let last = '';
    for await (const event of stream) {
      last = event.event;
      if (event.event === 'word') words.push(event.json<{ text: string }>().text);
    }
    assert.equal(last, 'done');
    assert.ok(words.length > 5);
    assert.match(words.join(''), /^You asked: “tea\?”\. /);
  });

  it('refuses a question that is none before any stream begins', async () => {
    await using application = await testApplication(options);
    const refused = await application.request('POST', '/assistant/answers', { json: { question: '' } });
    assert.equal(refused.status, 400);
    assert.equal(refused.json<Problem>().errors?.[0]?.path, 'question');
  });

  it('stops the model when the client leaves', async () => {
    const model = new EndlessModel();
    await using application = await testApplication({ ...options, override: [[LanguageModel, model]] });
    const stream = await application.sse('/assistant/answers', { method: 'POST', json: { question: 'more?' } });
    assert.equal((await stream.next())?.json<{ text: string }>().text, 'more ');
    stream.close();
    await model.stopped;
  });

  it('tells of a failure in the middle by an event', async () => {
    await using application = await testApplication({ ...options, override: [[LanguageModel, new BrokenModel()]] });
    const stream = await application.sse('/assistant/answers', { method: 'POST', json: { question: 'why?' } });
    assert.equal((await stream.next())?.event, 'word');
    const failure = await stream.next();
    assert.equal(failure?.event, 'error');
    assert.equal(failure?.json<Problem>().status, 500);
    assert.equal(await stream.next(), undefined);
  });
});

describe('FakeModel', () => {
  it('stops in the middle of a word’s delay when the signal aborts', async () => {
    const words = new FakeModel().answer('hm', AbortSignal.abort());
    await assert.rejects(words.next(), { name: 'AbortError' });
  });
});
