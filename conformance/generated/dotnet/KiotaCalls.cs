using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;
using Microsoft.Kiota.Http.HttpClientLibrary;
using Archive = KiotaArchive;
using Reporting = KiotaReporting;
using Texts = KiotaReportingText;

sealed class KiotaCalls(Settings its) : Calls("Kiota")
{
    public override IEnumerable<(string, Func<Task<string>>)> All()
    {
        var (e, p) = (its.Enrollment, its.Period);
        var ours = new Archive.ArchiveClient(Adapter()).Archive;
        var enrollment = ours.Enrollments[e];
        var usage = enrollment["usagedetails"][p];
        const Archive.Models.DecimalsForm text = Archive.Models.DecimalsForm.Text;
        Archive.Models.Refresh? refresh = null;

        yield return ("listEnrollments", () => Json(ours.Enrollments.GetAsync()));
        yield return ("listPeriods", () => Json(enrollment.Periods.GetAsync()));
        yield return ("listSnapshots", () => Json(usage.Snapshots.GetAsync(ask => ask.QueryParameters.Limit = 1)));
        yield return ("listSnapshots older", () => Json(usage.Snapshots.GetAsync(ask => ask.QueryParameters.Before = 2)));
        yield return ("getManifest", () => Json(usage.Snapshots[1].GetAsync()));
        yield return ("newestRows", () => Json(usage.Rows.GetAsync(ask => ask.QueryParameters.DecimalsAsDecimalsForm = text)));
        yield return ("newestRows some", () => Json(usage.Rows.GetAsync(ask =>
        {
            ask.QueryParameters.DecimalsAsDecimalsForm = text;
            ask.QueryParameters.Select = "date,meterName,cost";
            ask.QueryParameters.Where = ["cost>=1", "date>=2017-04-03"];
            ask.QueryParameters.Limit = "20";
        })));
        yield return ("newestRows balance", () => Json(enrollment["balancesummary"][p].Rows.GetAsync(ask =>
            ask.QueryParameters.DecimalsAsDecimalsForm = text)));
        yield return ("snapshotRows", () => Json(usage.Snapshots[1].Rows.GetAsync(ask =>
        {
            ask.QueryParameters.DecimalsAsDecimalsForm = text;
            ask.QueryParameters.Limit = "100";
            ask.QueryParameters.Cursor = its.Cursor;
        })));
        yield return ("getPartFile", async () => await Digest((await usage.Snapshots[1].Files[its.Part][its.File].GetAsync())!));
        yield return ("getDiff", () => Json(usage.Diff.GetAsync(ask =>
        {
            ask.QueryParameters.DecimalsAsDecimalsForm = text;
            (ask.QueryParameters.From, ask.QueryParameters.To, ask.QueryParameters.Rows) = (1, 2, 5);
        })));
        yield return ("getTotals", () => Json(enrollment["usagedetails"].Totals.GetAsync(ask =>
            ask.QueryParameters.GroupBy = "meterName,billingPeriod")));
        yield return ("refresh", async () => await Json(Task.FromResult(refresh = await usage.Refresh.PostAsync())));
        yield return ("getRefresh", async () =>
        {
            var found = await ours.Refreshes[refresh!.Id!].GetAsync();
            for (; found!.Status == Archive.Models.RefreshStatus.Running; found = await ours.Refreshes[refresh.Id!].GetAsync())
                await Task.Delay(200);
            return await Json(Task.FromResult<Archive.Models.Refresh?>(found));
        });
        yield return ("getDownload", () => Json(ours.Downloads[its.DownloadId].GetAsync()));
        yield return ("getDownloadFile", async () => await Digest((await ours.Downloads[its.DownloadId].File.GetAsync())!));
        yield return ("getVerification", () => Json(ours.Verification.GetAsync()));
        yield return ("getHealth", () => Json(ours.Health.GetAsync()));
        yield return ("newestRows 304", () => Refused(() => usage.Rows.GetAsync(ask => ask.Headers.Add("If-None-Match", its.RowsTag))));
        yield return ("getManifest 404", () => Refused(() => usage.Snapshots[999].GetAsync()));
        yield return ("newestRows 400", () => Refused(() => usage.Rows.GetAsync(ask => ask.QueryParameters.Select = "nothing")));

        var old = new Reporting.ReportingClient(Adapter()).V3.Enrollments[e];
        var period = old.BillingPeriods[p];
        Reporting.Models.Report? report = null;
        yield return ("BillingPeriods_List", () => Json(old.BillingPeriods.GetAsync()));
        yield return ("BalanceSummary_Get", () => Json(old.Balancesummary.GetAsync()));
        yield return ("BalanceSummary_GetByBillingPeriod", () => Json(period.Balancesummary.GetAsync()));
        yield return ("UsageDetails_List", () => Json(old.Usagedetails.GetAsync()));
        yield return ("UsageDetails_ListByBillingPeriod", () => Json(period.Usagedetails.GetAsync()));
        yield return ("UsageDetails_ListByBillingPeriod next", () => Json(period.Usagedetails.GetAsync(ask =>
            ask.QueryParameters.Skiptoken = its.Skiptoken)));
        yield return ("UsageDetails_ListByCustomDate", () => Json(old.Usagedetailsbycustomdate.GetAsync(ask =>
            (ask.QueryParameters.StartTime, ask.QueryParameters.EndTime) = ("2017-04-05", "2017-04-06"))));
        yield return ("UsageDetails_Download", async () => await Digest((await old.Usagedetails.Download.GetAsync(ask =>
            ask.QueryParameters.BillingPeriod = p))!));
        yield return ("UsageDetails_Submit", async () => await Json(Task.FromResult(report =
            await old.Usagedetails.Submit.PostAsync(ask => ask.QueryParameters.BillingPeriod = p))));
        yield return ("UsageDetails_GetReport", async () =>
        {
            var found = await old.Usagedetails.Reports[report!.Id!].GetAsync();
            for (; found!.Status is 1 or 2; found = await old.Usagedetails.Reports[report.Id!].GetAsync())
                await Task.Delay(200);
            return await Json(Task.FromResult<Reporting.Models.Report?>(found));
        });
        yield return ("MarketplaceCharges_List", () => Json(old.Marketplacecharges.GetAsync()));
        yield return ("MarketplaceCharges_ListByBillingPeriod", () => Json(period.Marketplacecharges.GetAsync()));
        yield return ("MarketplaceCharges_ListByCustomDate", () => Json(old.Marketplacechargesbycustomdate.GetAsync(ask =>
            (ask.QueryParameters.StartTime, ask.QueryParameters.EndTime) = ("2017-04-05", "2017-04-06"))));
        yield return ("PriceSheet_List", () => Json(old.Pricesheet.GetAsync()));
        yield return ("PriceSheet_ListByBillingPeriod", () => Json(period.Pricesheet.GetAsync()));
        yield return ("UsageDetails_List 304", () => Refused(() => period.Usagedetails.GetAsync(ask =>
            ask.Headers.Add("If-None-Match", its.UsageTag))));
        yield return ("BalanceSummary_GetByBillingPeriod 404", () => Refused(async () =>
            (await old.BillingPeriods["209912"].Balancesummary.GetAsync())?[0]));

        var texts = new Texts.ReportingTextClient(Adapter()).V3.Enrollments[e].BillingPeriods[p];
        yield return ("text UsageDetails_ListByBillingPeriod", () => Json(texts.Usagedetails.GetAsync(ask => ask.QueryParameters.Decimals = "text")));
        yield return ("text BalanceSummary_GetByBillingPeriod", () => Json(texts.Balancesummary.GetAsync(ask => ask.QueryParameters.Decimals = "text")));
        yield return ("text MarketplaceCharges_ListByBillingPeriod", () => Json(texts.Marketplacecharges.GetAsync(ask => ask.QueryParameters.Decimals = "text")));
        yield return ("text PriceSheet_ListByBillingPeriod", () => Json(texts.Pricesheet.GetAsync(ask => ask.QueryParameters.Decimals = "text")));
    }

    private HttpClientRequestAdapter Adapter()
    {
        var http = KiotaClientFactory.Create(Handler());
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("bearer", its.Key);
        return new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http) { BaseUrl = its.Url };
    }

    private static async Task<string> Json<T>(Task<T?> call) where T : IParsable =>
        await KiotaJsonSerializer.SerializeAsStringAsync((await call)!, false);

    private static async Task<string> Json<T>(Task<List<T>?> call) where T : IParsable =>
        await KiotaJsonSerializer.SerializeAsStringAsync((await call)!, false);

    /// <summary>The status of a refusal, and the error that it carries as a type. Nothing at all is a 304.</summary>
    private static async Task<string> Refused<T>(Func<Task<T?>> call) where T : IParsable
    {
        try
        {
            var result = await call();
            return result is null ? "{\"status\":304}" : await Json(Task.FromResult<T?>(result));
        }
        catch (Archive.Models.Problem error)
        {
            return Told(error.ResponseStatusCode, await Json(Task.FromResult<Archive.Models.Problem?>(error)));
        }
        catch (Reporting.Models.Error error)
        {
            return Told(error.ResponseStatusCode, await Json(Task.FromResult<Reporting.Models.Error?>(error)));
        }
        catch (ApiException error)
        {
            return JsonSerializer.Serialize(new { status = error.ResponseStatusCode });
        }
    }

    private static string Told(int status, string error) => $"{{\"status\":{status},\"error\":{error}}}";
}
