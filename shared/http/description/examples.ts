/** An example row of each dataset as the old API sends it: invented values in the documented shape. */
import type { DatasetName } from '../../datasets/dataset.ts'

type Value = string | number | boolean | null | readonly Readonly<Record<string, string | number>>[]

export const EXAMPLE_ENROLLMENT = '100'
export const EXAMPLE_PERIOD = '201704'

const SUBSCRIPTION = '5a1d3f6e-0b6c-4c4e-9a52-8d3f1c2b7e90'
const METER = 'c43b7e1d-2f0a-4d8e-8a6b-1e9f5d7c3b20'
const ACCOUNT = {
  accountId: 12345,
  accountName: 'Contoso IT',
  departmentId: 678,
  departmentName: 'Research',
}
const RESOURCE = {
  resourceGroup: 'web',
  instanceId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/web/providers/Microsoft.Compute/virtualMachines/vm1`,
  costCenter: 'CC-42',
  additionalInfo: '{"ServiceType":"Standard_D2s_v3"}',
  tags: '{"env":"production"}',
  unitOfMeasure: '1 Hour',
}

export const EXAMPLE_ROWS: Readonly<Partial<Record<DatasetName, Readonly<Record<string, Value>>>>> =
  {
    billingperiods: {
      billingPeriodId: EXAMPLE_PERIOD,
      billingStart: '2017-04-01T00:00:00Z',
      billingEnd: '2017-04-30T23:59:59Z',
      balanceSummary: `/v3/enrollments/${EXAMPLE_ENROLLMENT}/billingperiods/${EXAMPLE_PERIOD}/balancesummary`,
      usageDetails: `/v3/enrollments/${EXAMPLE_ENROLLMENT}/billingperiods/${EXAMPLE_PERIOD}/usagedetails`,
      marketplaceCharges: `/v3/enrollments/${EXAMPLE_ENROLLMENT}/billingperiods/${EXAMPLE_PERIOD}/marketplacecharges`,
      priceSheet: `/v3/enrollments/${EXAMPLE_ENROLLMENT}/billingperiods/${EXAMPLE_PERIOD}/pricesheet`,
    },
    balancesummary: {
      id: `enrollments/${EXAMPLE_ENROLLMENT}/billingperiods/${EXAMPLE_PERIOD}/balancesummaries`,
      billingPeriodId: EXAMPLE_PERIOD,
      currencyCode: 'EUR',
      beginningBalance: 100000,
      endingBalance: 87654.32,
      newPurchases: 0,
      adjustments: 0,
      utilized: 12345.68,
      serviceOverage: 0,
      chargesBilledSeparately: 0,
      totalOverage: 0,
      totalUsage: 12345.68,
      azureMarketplaceServiceCharges: 0,
      newPurchasesDetails: [{ name: 'Azure prepayment', value: 0 }],
      adjustmentDetails: [],
    },
    usagedetails: {
      ...ACCOUNT,
      ...RESOURCE,
      serviceName: 'Virtual Machines',
      serviceTier: 'DSv3 Series',
      location: 'EU West',
      chargesBilledSeparately: false,
      partNumber: 'AAA-12345',
      resourceGuid: METER,
      offerId: 'MS-AZR-0017P',
      cost: 2.304,
      productId: 98765,
      resourceLocationId: 24,
      consumedServiceId: 3,
      accountOwnerEmail: 'it@contoso.example',
      serviceAdministratorId: 'admin@contoso.example',
      subscriptionId: 54321,
      subscriptionGuid: SUBSCRIPTION,
      subscriptionName: 'Production',
      date: '2017-04-05T00:00:00',
      product: 'Virtual Machines DSv3 Series - D2s v3 - EU West',
      meterId: METER,
      meterCategory: 'Virtual Machines',
      meterSubCategory: 'DSv3 Series',
      meterRegion: 'EU West',
      meterName: 'D2s v3',
      consumedQuantity: 24,
      resourceRate: 0.096,
      resourceLocation: 'westeurope',
      consumedService: 'Microsoft.Compute',
      serviceInfo1: null,
      serviceInfo2: null,
      storeServiceIdentifier: null,
    },
    marketplacecharges: {
      ...ACCOUNT,
      ...RESOURCE,
      id: `enrollments/${EXAMPLE_ENROLLMENT}/billingperiods/${EXAMPLE_PERIOD}/marketplacecharges/1`,
      subscriptionGuid: SUBSCRIPTION,
      subscriptionName: 'Production',
      meterId: METER,
      usageStartDate: '2017-04-05T00:00:00',
      usageEndDate: '2017-04-05T23:59:59',
      offerName: 'Firewall',
      orderNumber: '1-2345',
      accountOwnerId: 'it@contoso.example',
      publisherName: 'Fabrikam',
      planName: 'Standard',
      consumedQuantity: 24,
      resourceRate: 1.25,
      extendedCost: 30,
    },
    pricesheet: {
      id: `enrollments/${EXAMPLE_ENROLLMENT}/billingperiods/${EXAMPLE_PERIOD}/products/1/pricesheets`,
      billingPeriodId: EXAMPLE_PERIOD,
      meterId: METER,
      meterName: 'D2s v3',
      unitOfMeasure: '100 Hours',
      includedQuantity: 0,
      partNumber: 'AAA-12345',
      unitPrice: 9.6,
      currencyCode: 'EUR',
    },
  }
