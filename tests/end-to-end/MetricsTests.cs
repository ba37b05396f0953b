using FedOperator.Core.Ledger;
using FedOperator.EndToEnd.Tests.Harness;

namespace FedOperator.EndToEnd.Tests;

/// <summary>`--metrics-port`: what real processes of a running job serve.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task Aggregator_and_clients_serve_metrics_that_move_with_the_job()
    {
        using var job = new TestJob(Specs.Everything.Replace("rounds: 24", "rounds: 80", StringComparison.Ordinal));
        var ports = new Dictionary<string, int>(StringComparer.Ordinal) { ["aggregator"] = Scrape.FreePort(), ["site-0"] = Scrape.FreePort() };
        await using var run = await TestRun.StartAsync(job, metricsPorts: ports);
        await run.UntilClosedAsync(6);
        // A stopped client holds the job up: what is scraped stands still.
        run.Clients[2].Stop();
        await UntilAsync(ports["aggregator"], s => s.Find("federatedjob_aggregator_clients{state=\"awaited\"}") == 1);
        var (aggregator, client) = (await Scrape.OfAsync(ports["aggregator"]), await Scrape.OfAsync(ports["site-0"]));
        await Promtool.AssertCleanAsync(aggregator.Text);
        await Promtool.AssertCleanAsync(client.Text);
        Assert.Contains("Microsoft.AspNetCore", await File.ReadAllTextAsync($"/proc/{run.Clients[0].Pid}/maps"), StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.AspNetCore", await File.ReadAllTextAsync($"/proc/{run.Clients[1].Pid}/maps"), StringComparison.Ordinal);

        var round = (int)aggregator["federatedjob_aggregator_round"];
        Assert.InRange(round, 6, 79);
        Assert.Equal(80, aggregator["federatedjob_aggregator_target_rounds"]);
        Assert.Equal(round, aggregator["federatedjob_aggregator_rounds_total{kind=\"train\",result=\"closed\"}"]);
        Assert.Equal(round, aggregator["federatedjob_aggregator_round_duration_seconds_count{kind=\"train\"}"]);
        Assert.Equal(round * 3, aggregator["federatedjob_aggregator_updates_total{kind=\"train\"}"]);
        Assert.Equal(await UpdateBytesAsync(job, round), aggregator["federatedjob_aggregator_update_bytes_total"]);
        var closed = (await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Closed(new RoundKey(round, RoundKind.Train)), LedgerJson.Default.ClosedDocument, CancellationToken.None))!.Document;
        Assert.Equal(closed.Best!.Accuracy, aggregator["federatedjob_aggregator_best_accuracy"]);
        Assert.Equal(closed.Metrics.Training!.Loss(), aggregator["federatedjob_aggregator_loss"]);
        Assert.Equal(closed.Metrics.UpdateNorm, aggregator["federatedjob_aggregator_update_norm"]);
        Assert.InRange(aggregator["federatedjob_aggregator_accuracy"], 0, 1);
        Assert.InRange(aggregator["federatedjob_aggregator_client_accuracy_mean"], aggregator["federatedjob_aggregator_client_accuracy_worst"], 1);
        Assert.InRange(aggregator["federatedjob_aggregator_global_model_accuracy"], 0, 1);
        foreach (var c in closed.Metrics.Clients)
            Assert.Equal(c.Drift!.Values.Max(), aggregator[$"federatedjob_aggregator_bn_drift{{client=\"{c.Client}\"}}"]);
        Assert.Equal(closed.Metrics.LargestDrift()!.Divergence, aggregator["federatedjob_aggregator_bn_drift_largest"]);

        // site-0 has done its part of the round that waits for site-2, or is about to.
        await UntilAsync(ports["site-0"], s => s.Find("federatedjob_trainer_rounds_total{kind=\"train\",result=\"reported\"}") == round + 1);
        client = await Scrape.OfAsync(ports["site-0"]);
        Assert.Equal(round + 1, client["federatedjob_trainer_round"]);
        Assert.Equal(2 * (round + 1), client["federatedjob_trainer_steps_total"]);
        Assert.Equal(16 * (round + 1), client["federatedjob_trainer_samples_total"]);
        Assert.Equal(round + 1, client["federatedjob_trainer_personal_state_writes_total"]);
        Assert.Equal(0, client["federatedjob_storage_retries_total"]);
        foreach (var phase in new[] { "download", "train", "upload" })
            Assert.Equal(round + 1, client[$"federatedjob_trainer_round_phase_seconds_count{{kind=\"train\",phase=\"{phase}\"}}"]);
        Assert.Equal(round / 5, client["federatedjob_trainer_round_phase_seconds_count{kind=\"train\",phase=\"evaluate\"}"]);
        Assert.InRange(client["federatedjob_trainer_accuracy"], 0, 1);
        Assert.InRange(client["federatedjob_trainer_global_model_accuracy"], 0, 1);
        Assert.True(client["federatedjob_trainer_samples_per_second"] > 0 && client["federatedjob_trainer_loss"] > 0);

        run.Clients[2].Continue();
        await run.UntilClosedAsync(round + 2);
        run.Clients[2].Stop();
        var later = await Scrape.OfAsync(ports["aggregator"]);
        Assert.True(later["federatedjob_aggregator_round"] > round);
        Assert.True(later["federatedjob_aggregator_update_bytes_total"] > aggregator["federatedjob_aggregator_update_bytes_total"]);
        Assert.True((await Scrape.OfAsync(ports["site-0"]))["federatedjob_trainer_steps_total"] > client["federatedjob_trainer_steps_total"]);
        run.Clients[2].Continue();
        await run.CompleteAsync();
    }

    [Fact]
    public async Task A_new_aggregator_shows_where_the_job_stands_before_its_first_round_closes()
    {
        using var job = new TestJob(Specs.Everything.Replace("rounds: 24", "rounds: 80", StringComparison.Ordinal));
        var ports = new Dictionary<string, int>(StringComparer.Ordinal) { ["aggregator"] = Scrape.FreePort() };
        await using var run = await TestRun.StartAsync(job, metricsPorts: ports);
        await run.UntilClosedAsync(6);
        run.Clients[2].Stop();
        await UntilAsync(ports["aggregator"], s => s.Find("federatedjob_aggregator_clients{state=\"awaited\"}") == 1);
        var before = await Scrape.OfAsync(ports["aggregator"]);
        Assert.True(await run.Aggregator.KillAsync());
        await UntilAsync(ports["aggregator"], s => s.Find("federatedjob_aggregator_clients{state=\"awaited\"}") == 1);
        var after = await Scrape.OfAsync(ports["aggregator"]);
        foreach (var gauge in new[] { "round", "best_accuracy", "loss", "update_norm", "bn_drift{client=\"site-1\"}" })
            Assert.Equal(before["federatedjob_aggregator_" + gauge], after["federatedjob_aggregator_" + gauge]);
        Assert.Null(after.Find("federatedjob_aggregator_rounds_total{kind=\"train\",result=\"closed\"}"));
        run.Clients[2].Continue();
        await run.CompleteAsync();
    }

    [Fact]
    public async Task A_taken_port_ends_the_process_with_the_option_and_the_port()
    {
        using var job = new ScriptedJob(new());
        await job.PrepareAsync();
        var port = Scrape.FreePort();
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Any, port);
        taken.Start();
        var (code, output) = await FedProcess.RunAsync("trainer.dll", ["aggregate", "--store", "file://" + job.Folder, "--job", job.Plan.Job, "--metrics-port", $"{port}"]);
        Assert.Equal(1, code);
        Assert.Contains($"--metrics-port {port}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_serves_metrics_still_ends_on_SIGTERM_as_one_that_is_to_go_on_later()
    {
        using var job = new ScriptedJob(new());
        await job.PrepareAsync();
        var port = Scrape.FreePort();
        await using var aggregator = TrainerProcess.Aggregator(job, Path.Join(job.Folder, "log"), port);
        await UntilAsync(port, s => s.Find("federatedjob_aggregator_clients{state=\"awaited\"}") == 0);
        aggregator.Terminate();
        Assert.Equal(143, await aggregator.Ended.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    private static async Task<long> UpdateBytesAsync(TestJob job, int rounds)
    {
        var bytes = 0L;
        RoundKey? round = new RoundKey(0, RoundKind.Statistics, 1);
        while (round is { } key && !(key.Kind == RoundKind.Train && key.Number > rounds))
        {
            bytes += (await job.CutAsync(key)).Admitted.Sum(a => a.Update!.Length);
            round = (await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Closed(key), LedgerJson.Default.ClosedDocument, CancellationToken.None))!.Document.Next;
        }

        return bytes;
    }

    /// <summary>Scrapes until something holds; a process that is not there yet is asked again.</summary>
    private static async Task UntilAsync(int port, Func<Scrape, bool> holds)
    {
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            var scrape = new Scrape("");
            try
            {
                scrape = await Scrape.OfAsync(port);
                if (scrape.Text.Contains("federatedjob_", StringComparison.Ordinal) && holds(scrape))
                    return;
            }
            catch (HttpRequestException)
            {
                // Not there yet.
            }

            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(1), "it never came to hold:\n" + scrape.Text);
            await Task.Delay(20);
        }
    }
}
