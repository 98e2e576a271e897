// The application of the rows that need a process of their own: faults that reach beyond one request.
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Http, type HttpContext, Sse, type SseContext, start } from 'yunction';

@Controller()
class Faults {
  @Http('GET', '/good')
  good() {
    return 'good';
  }
  @Http('GET', '/reject')
  async reject() {
    void Promise.reject(new Error('nobody waits for this'));
    await sleep(10);
    return 'answered';
  }
  @Http('GET', '/throw')
  async throw() {
    setTimeout(() => {
      throw new Error('thrown in a timer');
    }, 5);
    await sleep(50);
    return 'answered';
  }
  @Http('GET', '/emit')
  async emit() {
    setTimeout(() => new EventEmitter().emit('error', new Error('an error that nobody hears')), 5);
    await sleep(50);
    return 'answered';
  }
  @Http('GET', '/slow')
  async slow(_event: unknown, context: HttpContext) {
    await sleep(Number(context.query['ms'] ?? 100));
    return 'slow';
  }
  @Sse('/ticks')
  async *ticks(_event: unknown, context: SseContext) {
    for (let id = Number(context.lastEventId ?? 0) + 1; !context.signal.aborted; id += 1) {
      yield { id, data: id };
      await sleep(10);
    }
  }
}

/** A start that takes long, if it is told to. */
async function takesLong(): Promise<void> {
  const ms = Number(process.env['START_MS'] ?? 0);
  if (ms === 0) return;
  process.stdout.write('starting\n');
  await sleep(ms);
}

start({ controllers: [Faults], onStart: takesLong });
