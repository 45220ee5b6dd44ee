import type { ErrorCode, Issue, WriteInfo } from '../index.js';

/** An error as the core writes it. */
export interface CoreError {
  code: string;
  message: string;
  path?: string;
}

const retryable: readonly string[] = ['offline', 'timeout', 'overloaded', 'storage'];

export class RockpoolError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  declare readonly retryAfter?: number;
  declare readonly path?: string;
  declare readonly issues?: readonly Issue[];
  declare readonly write?: WriteInfo;

  constructor(
    code: ErrorCode,
    message: string,
    more: { path?: string; issues?: readonly Issue[]; write?: WriteInfo } = {},
  ) {
    super(message);
    this.code = code;
    this.retryable = retryable.includes(code);
    Object.assign(this, more);
  }

  static is(error: unknown, code?: ErrorCode): error is RockpoolError {
    const like = error as RockpoolError | null | undefined;
    return like?.name === 'RockpoolError' && (code === undefined || like.code === code);
  }
}
Object.defineProperty(RockpoolError.prototype, 'name', { value: 'RockpoolError' });

/** The wire knows two codes that mean nothing to an app. */
const renamed: Record<string, ErrorCode> = { bad_message: 'internal', unsupported_version: 'unsupported' };

export function fromCore(error: CoreError, write?: WriteInfo): RockpoolError {
  const code = renamed[error.code] ?? (error.code.replaceAll('_', '-') as ErrorCode);
  return new RockpoolError(code, error.message, {
    ...(error.path && { path: error.path }),
    ...(write && { write }),
  });
}

export function unsupported(what: string): RockpoolError {
  return new RockpoolError('unsupported', `${what} is not supported by this version of Rockpool`);
}

export function checkFunction(fn: unknown, who: string): void {
  if (typeof fn !== 'function') throw new RockpoolError('usage', `${who} takes a function`);
}

/** What was thrown, as an error of ours. */
export function wrap(cause: unknown, code: ErrorCode, what: string): RockpoolError {
  if (RockpoolError.is(cause)) return cause;
  const error = new RockpoolError(code, `${what}: ${cause instanceof Error ? cause.message : String(cause)}`);
  error.cause = cause;
  return error;
}

/**
 * An error of the app's own code: told to the console like any uncaught one, without harm to its neighbours.
 */
export function rethrowLater(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
