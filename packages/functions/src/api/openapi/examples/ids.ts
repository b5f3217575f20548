/** Of the one order that most examples tell of. */
export const messageId = "msg_01KAMQ6H5T3VX9BBW1C2D3E4F5";
export const eventId = "evt_01KAMQ6H5T3VX9BBW1C2D3E4F5";
export const endpointId = "ep_01KAMQ6H5T3VX9BBW1C2D3E4F5";
export const claimId = "3f0c6b0e-8a5e-4c55-9f0e-4f0f4d1b6a52";
export const correlationId = "checkout-7f3a";
