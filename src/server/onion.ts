import type { Layer } from './endpoint.js';
import type { Exchange } from './exchange.js';

/** Runs middleware around the core, outermost first. */
export function runLayers(
  layers: readonly Layer[],
  exchange: Exchange,
  core: (exchange: Exchange) => unknown,
): unknown {
  const runFrom = (index: number): unknown => {
    const layer = layers[index];
    if (layer === undefined) return core(exchange);
    let called = false;
    const next = async (): Promise<unknown> => {
      if (called) throw new Error('a middleware called next() twice');
      called = true;
      return runFrom(index + 1);
    };
    return layer(exchange.context, next, exchange.scope);
  };
  return runFrom(0);
}
