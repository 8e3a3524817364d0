// A Bluesky PDS and a PLC directory on loopback until SIGTERM: node pds.mjs PDS_PORT PLC_PORT (RATE_LIMITS=1: with limits).
import { TestNetworkNoAppView } from '@atproto/dev-env'

const [port, plcPort] = process.argv.slice(2).map(Number)
const network = await TestNetworkNoAppView.create({
  plc: { port: plcPort },
  pds: { port, hostname: 'localhost', rateLimitsEnabled: process.env.RATE_LIMITS === '1' },
})
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => network.close().finally(() => process.exit(0)))
}
console.log('ready')
