/** Parameters of scrypt (RFC 7914): work factor, block size, parallel lanes. */
export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}
