/** Of warmset's documents what is looked at here; docs/json.md has them whole. */

export interface StatusDocument {
  readonly files: readonly {
    readonly path: string;
    readonly size: number;
    readonly residentBytes: number;
    readonly source: string | null;
  }[];
  readonly total: { readonly size: number; readonly residentBytes: number; readonly unknownFiles: number };
}

interface BudgetDocument {
  readonly allowed: number;
  readonly binding: string;
  readonly reason: string;
  readonly limits: readonly { readonly name: string; readonly bytes: number; readonly path?: string }[];
}

export interface PlanDocument {
  readonly asked: number;
  readonly toRead: number;
  readonly leftOut: number;
  readonly budget: BudgetDocument;
}

export interface WarmDocument {
  readonly asked: number;
  readonly read: number;
  readonly residentNow: number;
  readonly lost: number;
  readonly seconds: number;
  readonly streams: number;
  readonly why: string;
  readonly unverifiedFiles: number;
  readonly budget: BudgetDocument;
  readonly stopped: { readonly reason: string } | null;
  readonly files: readonly { readonly error: object | null }[];
}

export interface PathDocument {
  readonly controller: string;
  readonly transport: string | null;
  readonly address: string | null;
  readonly state: string | null;
}

export interface InspectDocument {
  readonly paths: readonly {
    readonly places: readonly {
      readonly role: string;
      readonly filesystem: { readonly name: string };
      readonly device: string | null;
    }[];
    readonly devices: readonly {
      readonly name: string;
      readonly kind: string;
      readonly members: readonly string[];
      readonly nvme: { readonly subsystem: string | null; readonly paths: readonly PathDocument[] } | null;
    }[];
    readonly findings: readonly { readonly id: string; readonly level: string; readonly message: string }[];
  }[];
}

export interface NvmeofDocument {
  readonly subsystems: readonly {
    readonly nqn: string | null;
    readonly controllers: readonly {
      readonly service: string | null;
      readonly state: string | null;
      readonly live: boolean | null;
      readonly reconnectDelaySeconds: number | 'off' | null;
    }[];
  }[];
}

export interface OverlayDocument {
  readonly change: { readonly state: string };
  readonly mounts: readonly { readonly mounted: boolean }[];
  readonly upper: string;
  readonly kept: string | null;
}

export interface KeepDocument {
  readonly cache_hit_ratio: number | null;
  readonly state: { readonly name: string } | null;
  readonly sweep: {
    readonly held: { readonly code: string; readonly message: string } | null;
    readonly sets: readonly { readonly residentBytes: number }[];
  } | null;
}
