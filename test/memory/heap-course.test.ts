import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeapCourse } from './heap-course.js';

const MINUTES = 10;
const A_MINUTE = 3;
const BYTES = 9 << 20;

interface Run {
  /** Bytes of code, and of what is kept for good, that have come up to a minute. */
  readonly code?: (minute: number) => number;
  readonly kept?: (minute: number) => number;
}

/** A run of ten minutes, in which other things come and go. */
function courseOf({ code = () => 0, kept = () => 0 }: Run): HeapCourse {
  const course = new HeapCourse();
  for (let sample = 0; sample <= MINUTES * A_MINUTE; sample += 1) {
    const minute = sample / A_MINUTE;
    const since = Array.from({ length: sample }, (_, interval) => {
      const bytes = kept((interval + 1) / A_MINUTE) - kept(interval / A_MINUTE);
      // What is open now has come in the last minute.
      const open = interval > sample - A_MINUTE ? 20_000 : 0;
      return { bytes: bytes + open, what: [['string', 1, bytes] as const, ['object Socket', 1, open] as const] };
    });
    const swing = 20_000 * Math.sin(minute * 100);
    course.add(minute * 60, { code: BYTES + code(minute), data: BYTES + kept(minute) + swing, last: sample, since });
  }
  return course;
}

describe('the course of a heap', () => {
  it('is flat where things come and go, however much it has grown before', () => {
    const course = courseOf({ kept: (minute) => 500_000 * Math.min(minute, 4), code: (minute) => 80_000 * minute });
    assert.deepEqual(course.failures(), []);
    assert.match(course.toString(), /of it code 78\.1 ± 0\.0 KiB a minute: 9\.00/);
    assert.match(course.toString(), /of what was made in 5\.0 minutes 0\.0 KiB stay/);
  });

  it('fails on little that is kept, such as the ids of connections, and says what it is', () => {
    const [failure, ...others] = courseOf({ kept: (minute) => 8192 * minute }).failures();
    assert.match(String(failure), /^of what a minute has made 8\.0 KiB stay: 15 × string \(40960 B\)/);
    assert.deepEqual(others, []);
  });

  it('lets something take the place of something else, once', () => {
    const course = courseOf({ kept: (minute) => (minute < 6 ? 0 : 50_000) });
    assert.deepEqual(course.failures(), []);
    assert.match(course.toString(), /of what was made in 5\.0 minutes 48\.8 KiB stay, 0\.0 KiB of most minutes/);
  });

  it('fails on code without end, and on what grows in one place', () => {
    const failures = courseOf({ code: (minute) => 700_000 * minute }).failures();
    assert.match(failures.join('; '), /^the heap’s code grows by 68\d\.\d ± 0\.0 KiB a minute$/);
    // A buffer or a table that is made anew each time is never old.
    const table = new HeapCourse();
    for (let sample = 0; sample <= MINUTES * A_MINUTE; sample += 1) {
      table.add(sample * 20, { code: BYTES, data: BYTES + 50_000 * sample, last: sample, since: [] });
    }
    assert.match(table.failures().join('; '), /^the heap’s data grows by 146\.5 ± 0\.0 KiB a minute$/);
  });

  it('says nothing of a run that is too short', () => {
    const course = new HeapCourse();
    for (let sample = 0; sample < 5; sample += 1) {
      course.add(sample * 20, { data: sample << 20, code: 0, last: sample, since: [] });
    }
    assert.deepEqual(course.failures(), []);
    assert.match(course.toString(), /too short/);
  });
});
