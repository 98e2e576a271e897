import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { Controller, Sse, SseContext } from 'yunction';

export class WatchClock {
  @IsInt() @Min(10) @Max(60_000) @IsOptional() everyMs: number = 1000;
}

/** An event stream written by hand, for what happens outside of any generator: timers, emitters, subscriptions. */
@Controller('/clock')
export class ClockController {
  @Sse('/')
  tick({ everyMs }: WatchClock, context: SseContext): void {
    const stream = context.sse();
    const send = () => stream.send({ event: 'tick', data: new Date().toISOString() });
    send();
    const timer = setInterval(send, everyMs);
    // Aborted when the client leaves and when the server shuts down: without this the timer would tick for ever.
    context.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }
}
