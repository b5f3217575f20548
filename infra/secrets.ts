/** Set once a stage with `npx sst secret set`; a function can read only those that it links. */

/** The first key: scope operate, every sender. */
export const operatorKey = new sst.Secret("HomingOperatorKey");

/** From it the signing secret of each sender is derived. */
export const signingMaster = new sst.Secret("HomingSigningMaster");
