/** What every call of a bulk operation has beside its filter: how far it goes, and where it goes on. */
export interface BulkStep {
  readonly limit: number;
  readonly cursor?: string;
}
