import type { KnownDifference } from '../known-difference.js';

/** The start. */
export const START_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'the exit code of a start that fails',
    peer: '16 for options and configuration, else 1',
    yunction: '1',
    reason: 'One code for all of them; the message says what it is.',
    answers: {
      'start: a port that is none': { 'exit code': '1' },
      'start: a configuration that is no JSON': { 'exit code': '1' },
      'start: a configuration that is a list': { 'exit code': '1' },
      'start: a name that is no text': { 'exit code': '1' },
      'start: a function without a directory': { 'exit code': '1' },
      'start: two functions on one route': { 'exit code': '1' },
    },
  },
  {
    what: 'no `functionsRoot`',
    peer: 'does not start',
    yunction: 'the folder of the configuration',
    reason: 'Nearly every file says just that.',
    answers: {
      'start: no functionsRoot': {
        starts: 'yes',
        'exit code': '(absent)',
        status: '200',
        end: 'whole',
        'header content-type': 'text/plain; charset=utf-8',
        body: 'main',
      },
    },
  },
  {
    what: 'a route to an unknown function',
    peer: '404 at each request',
    yunction: 'does not start',
    reason: 'A mistake is told at the start.',
    answers: {
      'start: a route to an unknown function': { starts: 'no', 'exit code': '1' },
    },
  },
  {
    what: 'two functions of one name, or on one path but for a slash; a route without a slash at its start',
    peer: 'starts; one of them is never called',
    yunction: 'does not start',
    reason: 'A mistake is told at the start.',
    answers: {
      'start: two functions of one name': { starts: 'no', 'exit code': '1' },
      'start: two functions on one route, one with a slash': { starts: 'no', 'exit code': '1' },
      'start: a route without a slash at its start': { starts: 'no', 'exit code': '1' },
    },
  },
  {
    what: 'a function of several that does not load',
    peer: 'does not start',
    yunction: 'the others answer; this one 500 `FUNCTION_NOT_LOADED`',
    reason: 'Decision: one broken function does not take down the others. `--dry-run` finds it before.',
    answers: {
      'start: one function of two does not load': {
        starts: 'yes',
        'exit code': '(absent)',
        status: '200',
        end: 'whole',
        'header content-type': 'text/plain; charset=utf-8',
        body: 'main',
      },
    },
  },
];
