import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import type { Problem } from 'yunction';
import { testApplication } from 'yunction/testing';
import { options } from '../app.js';
import { type Upload, UploadShelf } from '../uploads/upload-shelf.js';

const HEADERS = { 'X-Api-Key': 'let-me-in' };
const start = () => testApplication(options);

function formWith(text: string, name = 'notes.txt'): FormData {
  const form = new FormData();
  form.append('file', new Blob([text], { type: 'text/plain' }), name);
  return form;
}

describe('uploads', () => {
  it('ask for the key on every route, and only there', async () => {
    await using application = await start();
    const refused = await application.request('GET', '/uploads', { headers: { 'X-Api-Key': 'wrong' } });
    assert.equal(refused.status, 401);
    assert.equal(refused.headers['www-authenticate'], 'ApiKey');
    assert.equal((await application.request('POST', '/uploads', { form: formWith('x') })).status, 401);
    assert.equal((await application.request('GET', '/orders')).status, 200);
  });

  it('are kept, listed and downloaded, whole or in part', async () => {
    await using application = await start();
    const form = formWith('0123456789', '../../é menu.txt');
    form.append('note', 'for Ben');
    const added = await application.request('POST', '/uploads', { form, headers: HEADERS });
    assert.equal(added.status, 201);
    const upload = added.json<Upload>();
    assert.deepEqual(upload, { id: upload.id, name: 'é menu.txt', bytes: 10, note: 'for Ben' });

    const listed = await application.request('GET', '/uploads', { headers: HEADERS });
    assert.deepEqual(listed.json(), [upload]);

    const whole = await application.request('GET', `/uploads/${upload.id}`, { headers: HEADERS });
    assert.equal(whole.text, '0123456789');
    assert.equal(whole.headers['content-type'], 'application/octet-stream');
    assert.match(String(whole.headers['content-disposition']), /^attachment; .*filename\*=UTF-8''%C3%A9%20menu\.txt$/);

    const part = await application.request('GET', `/uploads/${upload.id}`, {
      headers: { ...HEADERS, Range: 'bytes=2-4' },
    });
    assert.equal(part.status, 206);
    assert.equal(part.text, '234');
  });

  it('refuse a form without a file and a file that is too large', async () => {
    await using application = await start();
    const empty = await application.request('POST', '/uploads', { form: { note: 'no file' }, headers: HEADERS });
    assert.equal(empty.status, 400);
    assert.equal(empty.json<Problem>().errors?.[0]?.message, 'choose a file');

    const form = formWith('x'.repeat(2 * 1024 * 1024 + 1));
    const large = await application.request('POST', '/uploads', { form, headers: HEADERS });
    assert.equal(large.status, 413);
    assert.equal(large.json<Problem>().code, 'FILE_TOO_LARGE');
  });

  it('answer 404 for an id that was never given and 400 for one that is none', async () => {
    await using application = await start();
    const path = '/uploads/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed';
    assert.equal((await application.request('GET', path, { headers: HEADERS })).status, 404);
    assert.equal((await application.request('GET', '/uploads/passwd', { headers: HEADERS })).status, 400);
  });

  it('make room for the newest, and leave nothing on disk when the application closes', async () => {
    const application = await start();
    const shelf = application.application.resolve(UploadShelf);
    const ids: string[] = [];
    for (let count = 0; count < 21; count += 1) {
      const added = await application.request('POST', '/uploads', { form: formWith(String(count)), headers: HEADERS });
      ids.push(added.json<Upload>().id);
    }
    assert.deepEqual(
      shelf.list().map(({ id }) => id),
      ids.slice(1),
    );
    assert.deepEqual(
      ids.map((id) => existsSync(shelf.pathOf(id))),
      ids.map((_, index) => index > 0),
    );
    await application.close();
    assert.equal(existsSync(dirname(shelf.pathOf('any'))), false);
  });
});
