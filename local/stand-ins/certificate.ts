import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** A self-signed certificate for 127.0.0.1, as PEM texts and as files. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  readonly certFile: string
  readonly keyFile: string
}

const VALID_DAYS = 30

/** Creates a certificate in `folder`. Storage accepts tokens over https only, so one is required. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  // A unique name: among trusted certificates with the same name, OpenSSL may pick the wrong one.
  const name = `billing-archive-${randomBytes(8).toString('hex')}`
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    notAfterDate: new Date(Date.now() + VALID_DAYS * 86_400_000),
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  })
  const certFile = join(folder, 'certificate.pem')
  const keyFile = join(folder, 'certificate-key.pem')
  await writeFile(certFile, cert)
  await writeFile(keyFile, key, { mode: 0o600 })
  return { cert, key, certFile, keyFile }
}
