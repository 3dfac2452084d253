/**
 * Gives the memory of an array back at once: the garbage collector does so late, as it hardly sees what lies outside
 * its heap, and a few such arrays are most of what a large snapshot takes. The array must not be used any more.
 */
export function release(array: Uint32Array | Float64Array): void {
  (array.buffer as ArrayBuffer).transfer(0);
}
