import type { Fault } from './fault.js';

/** The two functions that one event class is compiled into, or what stands in for them. */
export interface CompiledClass {
  /**
   * An instance from a plain object, which is no array and no instance of anything. Where unknown properties are to be
   * stripped, it does not have them in the first place.
   */
  make: (value: object) => object;
  /** The same with unknown properties: what class-transformer makes. */
  makeWhole: (value: object) => object;
  /**
   * Applies the rules to an instance.
   * @param dirty whether it may hold unknown properties
   * @returns what is wrong with it; `undefined`: nothing, unless an asynchronous rule is still to answer
   */
  check: (instance: object, dirty: boolean) => Fault[] | undefined;
  /** What is left to the libraries, and why. */
  obstacles: readonly string[];
  /** Rules or transformations of the user's own look at instances, and may see what is not stripped yet. */
  hasUserCode: boolean;
  /** The functions are there to stay: until then they are found by way of this object. */
  isReady: boolean;
}
