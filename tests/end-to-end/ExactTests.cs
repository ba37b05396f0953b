using System.Runtime.InteropServices;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.EndToEnd.Tests.Harness;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Normalization;
using FedOperator.Trainer.Training;

namespace FedOperator.EndToEnd.Tests;

/// <summary>`training: exact` through real processes and a real ledger: what it computes, and what happens when one of them fails in the middle of a step.</summary>
public sealed class ExactTests(ExactTests.Undisturbed undisturbed) : IClassFixture<ExactTests.Undisturbed>
{
    /// <summary>Three clients of two classes each, three BatchNorm layers, two local steps: twelve exchanges a round.</summary>
    private const string Spec = """
        rounds: 5
        seed: 3
        model: {architecture: cnn, width: 4, classes: 4, inputShape: [1, 8, 8]}
        data: {format: idx, path: /data, partition: {method: classesPerClient, classes: 2}}
        training:
          localSteps: 2
          batchSize: 8
          clipNorm: 5
          optimizer: {name: sgd, learningRate: 0.05, momentum: 0.9, state: keep}
        normalization: {layer: batch, training: exact}
        aggregation: {rule: mean, weighting: processed}
        evaluation: {everyRounds: 2}
        participation: {quorum: 1, deadlineSeconds: 300}
        clients: [{name: site, replicas: 3}]
        storage: {azureBlob: {accountUrl: "https://example.blob.core.windows.net", credentialsSecret: key}, retention: {updateRounds: 5, checkpoints: 6}}
        """;

    /// <summary>Two of three are enough; and a round starts from its base alone.</summary>
    private static readonly string s_tolerant = Spec.Replace("quorum: 1,", "quorum: 0.6,", StringComparison.Ordinal).Replace("state: keep", "state: reset", StringComparison.Ordinal);

    private static readonly (string Process, string Point, int Occurrence)[] s_points =
    [
        ("aggregator", "Attempt@000002/train", 1), ("aggregator", "Exchange@000002/train", 2), ("aggregator", "Exchange@000003/train/attempts/1/steps/2", 6), ("aggregator", "Cut@000003/train", 1), ("aggregator", "Delete@000004/train/attempts", 9),
        ("site-0", "Exchange@000002/train", 1), ("site-0", "Exchange@000003/train/attempts/1/steps/1/bn3-bwd", 1), ("site-0", "Exchange@000004/train/attempts/1/steps/2/bn1-bwd", 1), ("site-0", "Report@000005/train", 1),
    ];

    private static RoundKey Train(int number) => new(number, RoundKind.Train);

    [Theory]
    [InlineData("none")]
    [InlineData("fedPer, blocks: 2")]
    [InlineData("fedRep, blocks: 2, headSteps: 1")]
    [InlineData("lgFedAvg, blocks: 2")]
    public async Task The_ledgers_exchange_gives_the_bits_of_clients_in_one_process(string personalization)
    {
        using var job = new TestJob($"{Spec}\npersonalization: {{method: {personalization}}}");
        await using var run = await TestRun.StartAsync(job);
        await run.CompleteAsync();
        var shards = job.Plan.Clients.ToDictionary(c => c.Name, c => ClientData.Load(job.Data, job.Plan, c), StringComparer.Ordinal);
        var trainers = job.Plan.Clients.ToDictionary(c => c.Name, c => new LocalTrainer(job.Plan, c.Name, shards[c.Name]), StringComparer.Ordinal);
        for (var round = 1; round <= job.Plan.Rounds; round++)
        {
            var open = (await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Open(Train(round)), LedgerJson.Default.OpenDocument, CancellationToken.None))!.Document;
            var start = TensorFile.Read("base", (await job.Ledger.Global.ReadAsync(open.Base.Name, long.MaxValue, null, CancellationToken.None)).Content).ToList();
            foreach (var trainer in trainers.Values)
                trainer.LoadCheckpoint(start);
            new InProcessPool(shards.ToDictionary(s => s.Key, s => Workload.BatchSamples(job.Plan.Training, s.Value.Train.Count), StringComparer.Ordinal))
                .Run((client, pool) => trainers[client].Train(open.Round.Number, open.LearningRate, null, CancellationToken.None, pool));
            var cut = await job.CutAsync(Train(round));
            Assert.Equal(1, cut.Attempt);
            foreach (var admission in cut.Admitted)
                Assert.Equal(admission.Update!.Sha256, LedgerJson.Sha256(TensorFile.Write(trainers[admission.Client].TrainUpdate())));
        }

        foreach (var trainer in trainers.Values)
            trainer.Dispose();
        if (personalization == "none")
            Assert.Equal(undisturbed.Fingerprint, await job.FingerprintAsync());
        await AssertNoExchangesAsync(job);
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Killed_in_the_middle_of_a_step_the_job_ends_with_the_same_bytes(string when)
    {
        using var job = new TestJob(Spec);
        var kills = new Kills(job, when, s_points);
        await using var run = await TestRun.StartAsync(job, kills.Switches);
        await run.CompleteAsync();
        kills.AssertAllStruck(run);
        kills.AssertRestarts(run);
        Assert.Equal(undisturbed.Fingerprint, await job.FingerprintAsync());
        await AssertNoExchangesAsync(job);
    }

    [Theory]
    [InlineData("000002/train/attempts/1/steps/2/bn2-fwd")]
    [InlineData("000002/train/attempts/1/steps/1/bn2-bwd")]
    [InlineData("000002/train/attempts/1/report")]
    public async Task A_client_that_falls_silent_ends_the_attempt_and_the_next_goes_on_without_it(string at)
    {
        using var job = new TestJob(s_tolerant.Replace("deadlineSeconds: 300", "deadlineSeconds: 5", StringComparison.Ordinal));
        var marker = job.Beside("stopped");
        var point = at.EndsWith("report", StringComparison.Ordinal) ? WritePoint.Report : WritePoint.Exchange;
        await using var run = await TestRun.StartAsync(job, new Dictionary<string, string>(StringComparer.Ordinal) { ["site-1"] = $"{point}@{at}:stop:1:{marker}" });
        await run.UntilClosedAsync(2);
        Assert.True(File.Exists(marker));
        // It wakes up in the middle of a write of an attempt that is history.
        run.Clients[1].Continue();
        await run.CompleteAsync();

        var attempt = (await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Attempt(Train(2), 2), LedgerJson.Default.AttemptDocument, CancellationToken.None))!.Document;
        Assert.Equal(["site-0", "site-2"], attempt.Participants);
        var cut = await job.CutAsync(Train(2));
        Assert.Equal(2, cut.Attempt);
        Assert.Equal(["site-0", "site-2"], cut.Admitted.Select(a => a.Client));
        var excluded = Assert.Single(cut.Excluded);
        Assert.Equal(("site-1", ExclusionReason.Missing), (excluded.Client, excluded.Reason));
        // Exactly what the two make of it, from the round's base.
        await AssertUpdatesAsync(job, Train(2), ["site-0", "site-2"]);
        Assert.Contains("site-1", (await job.CutAsync(Train(5))).Admitted.Select(a => a.Client));
        await AssertNoExchangesAsync(job);
    }

    [Fact]
    public async Task A_client_that_the_operator_calls_lost_is_not_waited_for()
    {
        // The deadline is far away: it is not waited for.
        using var job = new TestJob(s_tolerant);
        var marker = job.Beside("stopped");
        await using var run = await TestRun.StartAsync(job, new Dictionary<string, string>(StringComparer.Ordinal) { ["site-1"] = $"{WritePoint.Exchange}@000002/train:stop:3:{marker}" });
        await run.UntilAsync(() => File.Exists(marker), "stop");
        await job.ControlAsync(new ControlDocument { Lost = ["site-1"] });
        await run.UntilClosedAsync(4);
        run.Clients[1].Continue();
        await run.CompleteAsync();
        Assert.Equal(2, (await job.CutAsync(Train(2))).Attempt);
        Assert.Contains("lost", Assert.Single((await job.CutAsync(Train(2))).Excluded).Message, StringComparison.Ordinal);
        var later = await job.CutAsync(Train(3));
        Assert.Equal((1, "site-1"), (later.Attempt, Assert.Single(later.Excluded).Client));
    }

    [Theory]
    [InlineData("bn2-fwd", double.NaN, 1, ExclusionReason.NonFinite)]
    [InlineData("bn2-fwd", 1, -1, ExclusionReason.Implausible)]
    [InlineData("bn3-bwd", double.PositiveInfinity, 0, ExclusionReason.NonFinite)]
    public async Task A_bad_part_excludes_its_client_with_the_reason(string exchange, double first, double second, ExclusionReason reason)
    {
        using var job = new TestJob(s_tolerant);
        await PlantAsync(job, exchange, first, second);
        await using var run = await TestRun.StartAsync(job);
        await run.CompleteAsync();
        var cut = await job.CutAsync(Train(3));
        Assert.Equal(2, cut.Attempt);
        var excluded = Assert.Single(cut.Excluded);
        Assert.Equal(("site-1", reason), (excluded.Client, excluded.Reason));
        Assert.Contains(exchange, excluded.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await job.CutAsync(Train(4))).Admitted.Count);
        await AssertUpdatesAsync(job, Train(3), ["site-0", "site-2"]);
    }

    [Fact]
    public async Task A_bad_part_below_the_quorum_ends_the_job_with_the_reason()
    {
        using var job = new TestJob(Spec);
        await PlantAsync(job, "bn2-fwd", double.NaN, 1);
        await using var run = await TestRun.StartAsync(job);
        var codes = await Task.WhenAll(run.All.Select(p => p.Ended)).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.All(codes, code => Assert.NotEqual(0, code));
        var failure = (await job.CutAsync(Train(3))).Failure!;
        Assert.Equal("BelowQuorum", failure.Reason);
        Assert.Contains("cannot be mended", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Below_the_quorum_a_round_is_extended_until_the_client_is_back()
    {
        using var job = new TestJob(Spec.Replace("deadlineSeconds: 300", "deadlineSeconds: 1, maxExtensions: 100", StringComparison.Ordinal));
        await using var run = await TestRun.StartAsync(job, new Dictionary<string, string>(StringComparer.Ordinal) { ["site-1"] = $"{WritePoint.Exchange}@000002/train:stop:3:{job.Beside("stopped")}" });
        await run.UntilAsync(LedgerPaths.Extended(Train(2), 1));
        run.Clients[1].Continue();
        await run.CompleteAsync();
        Assert.Equal(1, (await job.CutAsync(Train(2))).Attempt);
        Assert.Equal(undisturbed.Fingerprint, await job.FingerprintAsync());
    }

    /// <summary>A part of step 1 of round 3, attempt 1, that was there before site-1 could write its own.</summary>
    private static Task PlantAsync(TestJob job, string exchange, double first, double second)
    {
        static (TensorHeader, ReadOnlyMemory<byte>) Tensor(string name, long[] shape, double value) =>
            (new TensorHeader(name, DType.F64, shape), MemoryMarshal.AsBytes(Enumerable.Repeat(value, (int)TensorHeader.Elements(shape)).ToArray().AsSpan()).ToArray());
        var channels = exchange.StartsWith("bn2", StringComparison.Ordinal) ? 8 : 16;
        var content = exchange.EndsWith("fwd", StringComparison.Ordinal)
            ? SafetensorsContent.Write([Tensor("count", [], 32), Tensor("mean", [channels], first), Tensor("m2", [channels], second)])
            : SafetensorsContent.Write([Tensor("gradient", [channels], first), Tensor("product", [channels], second)]);
        return job.Ledger.Exchange("site-1").CreateAsync($"rounds/000003/train/attempts/1/steps/1/{exchange}.safetensors", content, CancellationToken.None);
    }

    /// <summary>A round's updates are those of these clients alone, in one process, from the round's base.</summary>
    private static async Task AssertUpdatesAsync(TestJob job, RoundKey round, IReadOnlyList<string> clients)
    {
        var open = (await job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Open(round), LedgerJson.Default.OpenDocument, CancellationToken.None))!.Document;
        var start = TensorFile.Read("base", (await job.Ledger.Global.ReadAsync(open.Base.Name, long.MaxValue, null, CancellationToken.None)).Content).ToList();
        var trainers = clients.ToDictionary(c => c, c => new LocalTrainer(job.Plan, c, ClientData.Load(job.Data, job.Plan, job.Plan.Clients.Single(p => p.Name == c))), StringComparer.Ordinal);
        foreach (var trainer in trainers.Values)
            trainer.LoadCheckpoint(start);

        new InProcessPool(open.Participants.Where(p => clients.Contains(p.Name)).ToDictionary(p => p.Name, p => Workload.BatchSamples(job.Plan.Training, p.TrainSamples), StringComparer.Ordinal))
            .Run((client, pool) => trainers[client].Train(round.Number, open.LearningRate, null, CancellationToken.None, pool));
        foreach (var admission in (await job.CutAsync(round)).Admitted)
            Assert.Equal(admission.Update!.Sha256, LedgerJson.Sha256(TensorFile.Write(trainers[admission.Client].TrainUpdate())));
        foreach (var trainer in trainers.Values)
            trainer.Dispose();
    }

    private static async Task AssertNoExchangesAsync(TestJob job)
    {
        foreach (var store in job.Plan.Clients.Select(c => job.Ledger.Exchange(c.Name)).Prepend(job.Ledger.Global))
        {
            await foreach (var blob in store.ListAsync("rounds/", CancellationToken.None))
                Assert.False(LedgerPaths.IsExchange(blob.Name), $"{store.Name}/{blob.Name} is left behind");
        }
    }

    /// <summary>What an undisturbed run ends with.</summary>
    public sealed class Undisturbed : IAsyncLifetime
    {
        public string Fingerprint { get; private set; } = "";

        public async Task InitializeAsync()
        {
            using var job = new TestJob(Spec);
            await using var run = await TestRun.StartAsync(job);
            await run.CompleteAsync();
            Assert.All(run.All, p => Assert.Equal(1, p.Starts));
            Fingerprint = await job.FingerprintAsync();
        }

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
