/** A key that can sign; both twins of `#ed25519` make it. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}
