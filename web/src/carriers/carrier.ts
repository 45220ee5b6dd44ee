/** A long-lived connection. */
export interface Carrier {
  send(message: string | Uint8Array): void;
  close(code: number, reason: string): void;
}

export interface CarrierEvents {
  opened(): void;
  frame(bytes: Uint8Array | string): void;
  /** Once; nothing follows. */
  closed(code: number, reason: string): void;
}
