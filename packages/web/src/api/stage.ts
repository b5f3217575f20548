const OWN_MACHINE = /^(?:localhost|.+\.localhost|127\.[\d.]+|\[::1\])$/;

/** What a deployment without a stage is called: by the host that serves it, or as the reader's own machine. */
export function stageAt(hostname: string): string {
  return OWN_MACHINE.test(hostname) ? "local" : hostname;
}
