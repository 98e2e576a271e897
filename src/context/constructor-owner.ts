import type { InjectedClass } from './dependency-graph.js';

/**
 * The class whose constructor is run for a class: its own, or the nearest ancestor's. What the compiler tells of the
 * parameters stands there and nowhere else: read through the prototype chain it would be another constructor's.
 */
export function constructorOwner(injected: InjectedClass): InjectedClass {
  let owner = injected;
  while (!hasOwnConstructor(owner)) {
    const parent = Object.getPrototypeOf(owner) as unknown;
    if (typeof parent !== 'function' || parent === Function.prototype) return injected;
    // What a class extends is a class.
    owner = parent as InjectedClass;
  }
  return owner;
}

function hasOwnConstructor(injected: InjectedClass): boolean {
  if (injected.length > 0 || Reflect.hasOwnMetadata('design:paramtypes', injected)) return true;
  // A constructor without parameters shows in the text alone; nothing at run time tells it from an inherited one.
  return /\bconstructor\s*\(/.test(Function.prototype.toString.call(injected));
}
