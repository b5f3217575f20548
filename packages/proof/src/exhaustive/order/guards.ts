/** The rules of the protocol; each can be taken out alone. */
export interface Guards {
  /** A claim requires that the message does not wait for its turn. */
  readonly claimNeedsTurn: boolean;
  /** A place names message and round. */
  readonly placeNamesRound: boolean;
  /** A release requires the revision that was read. */
  readonly releaseNeedsRevision: boolean;
  /** Passing requires that this place is the head. */
  readonly passNeedsHead: boolean;
  /** … and that its message was seen finished. */
  readonly passNeedsFinished: boolean;
  /** A FAILED message that blocks is not passed. */
  readonly failedBlocks: boolean;
  /** A segment is sealed before it is loaded. */
  readonly sealsBeforeLoading: boolean;
  /** Who finds it sealed goes back to the lane. */
  readonly sealedGoesBack: boolean;
  /** … and advances it first: its loader may have died. */
  readonly sealedAdvances: boolean;
  /** A full segment may have a successor: overflow stays open. */
  readonly fullKeepsOverflow: boolean;
  /** The line takes nobody while there is overflow. */
  readonly overflowClosesLine: boolean;
  /** Loading requires that this segment is the next one. */
  readonly loadNeedsNext: boolean;
  /** A lane in which somebody waits has a dueAt. */
  readonly laneHasDueAt: boolean;
  /** It is removed only if the line is exactly the head that was seen released; weaker: one place long; not looked at. */
  readonly disarm: "exact" | "size" | "none";
  /** A release brings a far dueAt near. */
  readonly nearAtRelease: boolean;
  /** The dueAt is near until somebody has seen the message stand in its lane. */
  readonly nearAtStore: boolean;
  readonly farAfterJoin: boolean;
  /** The far dueAt is set on the revision that was read. */
  readonly farNeedsRevision: boolean;
  /** Setting it moves the revision, so that a release under way is refused. */
  readonly farMovesRevision: boolean;
  /** The reconciler joins what waits for its turn, it does not enqueue it. */
  readonly reconcilerJoins: boolean;
  /** So does a repeated call. */
  readonly repeatedCallJoins: boolean;
  /** A manual retry of a passed message waits for a new turn. */
  readonly retryWaits: boolean;
  /** A manual retry of a blocking message keeps its place. */
  readonly retryKeepsPlace: boolean;
  /** "Send now" refuses what waits for its turn. */
  readonly sendNowNeedsTurn: boolean;
  readonly storedBeforeJoined: boolean;
  /** A worker looks at its lease before the request leaves. */
  readonly requestNeedsLease: boolean;
  readonly outcomeNeedsClaim: boolean;
  readonly leaseOverNeedsClaim: boolean;
  /** A cancel also takes what is being delivered. */
  readonly cancelsProcessing: boolean;
  /** A dead letter moves its message only if it waits for an attempt, and has had its turn. */
  readonly deadLetterNeedsWaiting: boolean;
  /** … and is the copy of that attempt. */
  readonly deadLetterNeedsAttempt: boolean;
  // Needed for speed alone.
  /** Who joins looks first whether it stands in line already. */
  readonly looksBeforeJoining: boolean;
  /** Who arms the lane looks at its head. */
  readonly armingAdvances: boolean;
  /** The refused copy of a finished message advances the lane. */
  readonly refusedCopyAdvances: boolean;
  /** Who finishes a message advances the lane. */
  readonly finishingAdvances: boolean;
  /** A worker may release and claim the next message in one write. Not part of the first version. */
  readonly goesOnInPlace: boolean;
}

export const ALL_GUARDS: Guards = {
  claimNeedsTurn: true,
  placeNamesRound: true,
  releaseNeedsRevision: true,
  passNeedsHead: true,
  passNeedsFinished: true,
  failedBlocks: true,
  sealsBeforeLoading: true,
  sealedGoesBack: true,
  sealedAdvances: true,
  fullKeepsOverflow: true,
  overflowClosesLine: true,
  loadNeedsNext: true,
  laneHasDueAt: true,
  disarm: "exact",
  nearAtRelease: true,
  nearAtStore: true,
  farAfterJoin: true,
  farNeedsRevision: true,
  farMovesRevision: false,
  reconcilerJoins: true,
  repeatedCallJoins: true,
  retryWaits: true,
  retryKeepsPlace: true,
  sendNowNeedsTurn: true,
  storedBeforeJoined: true,
  requestNeedsLease: true,
  outcomeNeedsClaim: true,
  leaseOverNeedsClaim: true,
  cancelsProcessing: false,
  deadLetterNeedsWaiting: true,
  deadLetterNeedsAttempt: true,
  looksBeforeJoining: true,
  armingAdvances: true,
  refusedCopyAdvances: true,
  finishingAdvances: true,
  goesOnInPlace: false,
};
