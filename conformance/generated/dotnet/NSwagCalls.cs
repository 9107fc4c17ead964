using Newtonsoft.Json;
using Archive = NSwagArchive;
using Reporting = NSwagReporting;
using Texts = NSwagReportingText;

sealed class NSwagCalls(Settings its) : Calls("NSwag")
{
    public override IEnumerable<(string, Func<Task<string>>)> All()
    {
        var http = ClientFor(its);
        var (e, p) = (its.Enrollment, its.Period);
        var usage = Archive.Dataset.Usagedetails;
        var text = Archive.DecimalsForm.Text;
        var archive = new Archive.Client(http);
        Archive.Refresh? refresh = null;

        yield return ("listEnrollments", () => Json(archive.ListEnrollmentsAsync()));
        yield return ("listPeriods", () => Json(archive.ListPeriodsAsync(e)));
        yield return ("listSnapshots", () => Json(archive.ListSnapshotsAsync(e, usage, p, limit: 1)));
        yield return ("listSnapshots older", () => Json(archive.ListSnapshotsAsync(e, usage, p, before: 2)));
        yield return ("getManifest", () => Json(archive.GetManifestAsync(e, usage, p, 1)));
        yield return ("newestRows", () => Json(archive.NewestRowsAsync(e, usage, p, decimals: text)));
        yield return ("newestRows some", () => Json(archive.NewestRowsAsync(e, usage, p, decimals: text,
            select: "date,meterName,cost", where: ["cost>=1", "date>=2017-04-03"], limit: "20")));
        yield return ("newestRows balance", () => Json(archive.NewestRowsAsync(
            e, Archive.Dataset.Balancesummary, p, decimals: text)));
        yield return ("snapshotRows", () => Json(archive.SnapshotRowsAsync(
            e, usage, p, 1, decimals: text, limit: "100", cursor: its.Cursor)));
        yield return ("getPartFile", async () => await Digest((await archive.GetPartFileAsync(
            e, usage, p, 1, its.Part, its.File)).Stream));
        yield return ("getDiff", () => Json(archive.GetDiffAsync(e, usage, p, from: 1, to: 2, rows: 5, decimals: text)));
        yield return ("getTotals", () => Json(archive.GetTotalsAsync(e, usage, groupBy: "meterName,billingPeriod")));
        yield return ("refresh", async () => await Json(refresh = await archive.RefreshAsync(e, usage, p)));
        yield return ("getRefresh", async () =>
        {
            var found = await archive.GetRefreshAsync(refresh!.Id);
            for (; found.Status == Archive.RefreshStatus.Running; found = await archive.GetRefreshAsync(refresh.Id))
                await Task.Delay(200);
            return await Json(found);
        });
        yield return ("getDownload", () => Json(archive.GetDownloadAsync(its.DownloadId)));
        yield return ("getDownloadFile", async () => await Digest((await archive.GetDownloadFileAsync(its.DownloadId)).Stream));
        yield return ("getVerification", () => Json(archive.GetVerificationAsync()));
        yield return ("getHealth", () => Json(archive.GetHealthAsync()));
        yield return ("newestRows 304", () => Refused(archive.NewestRowsAsync(e, usage, p, if_None_Match: its.RowsTag)));
        yield return ("getManifest 404", () => Refused(archive.GetManifestAsync(e, usage, p, 999)));
        yield return ("newestRows 400", () => Refused(archive.NewestRowsAsync(e, usage, p, select: "nothing")));

        var periods = new Reporting.BillingPeriodsClient(http);
        var balance = new Reporting.BalanceSummaryClient(http);
        var details = new Reporting.UsageDetailsClient(http);
        var charges = new Reporting.MarketplaceChargesClient(http);
        var prices = new Reporting.PriceSheetClient(http);
        Reporting.Report? report = null;
        yield return ("BillingPeriods_List", () => Json(periods.ListAsync(e)));
        yield return ("BalanceSummary_Get", () => Json(balance.GetAsync(e)));
        yield return ("BalanceSummary_GetByBillingPeriod", () => Json(balance.GetByBillingPeriodAsync(e, p)));
        yield return ("UsageDetails_List", () => Json(details.ListAsync(e)));
        yield return ("UsageDetails_ListByBillingPeriod", () => Json(details.ListByBillingPeriodAsync(e, p)));
        yield return ("UsageDetails_ListByBillingPeriod next", () => Json(details.ListByBillingPeriodAsync(e, p, its.Skiptoken)));
        yield return ("UsageDetails_ListByCustomDate", () => Json(details.ListByCustomDateAsync(e, "2017-04-05", "2017-04-06")));
        yield return ("UsageDetails_Download", async () => await Digest((await details.DownloadAsync(e, p)).Stream));
        yield return ("UsageDetails_Submit", async () => await Json(report = await details.SubmitAsync(e, p)));
        yield return ("UsageDetails_GetReport", async () =>
        {
            var found = await details.GetReportAsync(e, report!.Id);
            for (; found.Status is Reporting.ReportStatus.Queued or Reporting.ReportStatus.Running;)
            {
                await Task.Delay(200);
                found = await details.GetReportAsync(e, report.Id);
            }
            return await Json(found);
        });
        yield return ("MarketplaceCharges_List", () => Json(charges.ListAsync(e)));
        yield return ("MarketplaceCharges_ListByBillingPeriod", () => Json(charges.ListByBillingPeriodAsync(e, p)));
        yield return ("MarketplaceCharges_ListByCustomDate", () => Json(charges.ListByCustomDateAsync(e, "2017-04-05", "2017-04-06")));
        yield return ("PriceSheet_List", () => Json(prices.ListAsync(e)));
        yield return ("PriceSheet_ListByBillingPeriod", () => Json(prices.ListByBillingPeriodAsync(e, p)));
        yield return ("UsageDetails_List 304", () => Refused(details.ListByBillingPeriodAsync(e, p, if_None_Match: its.UsageTag)));
        yield return ("BalanceSummary_GetByBillingPeriod 404", () => Refused(balance.GetByBillingPeriodAsync(e, "209912")));

        yield return ("text UsageDetails_ListByBillingPeriod", () => Json(
            new Texts.UsageDetailsClient(http).ListByBillingPeriodAsync(e, p, "text")));
        yield return ("text BalanceSummary_GetByBillingPeriod", () => Json(
            new Texts.BalanceSummaryClient(http).GetByBillingPeriodAsync(e, p, "text")));
        yield return ("text MarketplaceCharges_ListByBillingPeriod", () => Json(
            new Texts.MarketplaceChargesClient(http).ListByBillingPeriodAsync(e, p, "text")));
        yield return ("text PriceSheet_ListByBillingPeriod", () => Json(
            new Texts.PriceSheetClient(http).ListByBillingPeriodAsync(e, p, "text")));
    }

    private static async Task<string> Json<T>(Task<T> call) => JsonConvert.SerializeObject(await call);

    private static Task<string> Json(object value) => Task.FromResult(JsonConvert.SerializeObject(value));

    /// <summary>The status of a refusal, and the error that it carries as a type.</summary>
    private static async Task<string> Refused<T>(Task<T> call)
    {
        try
        {
            return JsonConvert.SerializeObject(new { result = await call });
        }
        catch (Archive.ApiException<Archive.Problem> error)
        {
            return JsonConvert.SerializeObject(new { status = error.StatusCode, error = error.Result });
        }
        catch (Reporting.ApiException<Reporting.Error> error)
        {
            return JsonConvert.SerializeObject(new { status = error.StatusCode, error = error.Result });
        }
        catch (Archive.ApiException error)
        {
            return JsonConvert.SerializeObject(new { status = error.StatusCode });
        }
        catch (Reporting.ApiException error)
        {
            return JsonConvert.SerializeObject(new { status = error.StatusCode });
        }
    }
}
