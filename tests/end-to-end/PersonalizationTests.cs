using System.Runtime.InteropServices;
using FedOperator.Bench.Cells;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.EndToEnd.Tests.Harness;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Models;
using FedOperator.Trainer.Training;
using static TorchSharp.torch;

namespace FedOperator.EndToEnd.Tests;

/// <summary>What each method of personalization promises, through whole rounds.</summary>
public sealed class PersonalizationTests
{
    [Theory]
    [InlineData("training: local", "{method: fedPer, blocks: 0}")]
    [InlineData("training: local", "{method: lgFedAvg, blocks: 4}")]
    [InlineData("training: local", "{method: fedRep, blocks: 0, headSteps: 3}")]
    [InlineData("training: federated", "{method: fedPer, blocks: 0}")]
    [InlineData("training: federated", "{method: lgFedAvg, blocks: 4}")]
    [InlineData("layer: group, groups: 2", "{method: fedPer, blocks: 0}")]
    public async Task A_method_that_keeps_no_unit_is_bitwise_FedAvg(string normalization, string personalization)
    {
        var (fedAvg, _) = await RunAsync(Spec(normalization, "{method: none}"));
        var (same, _) = await RunAsync(Spec(normalization, personalization));
        Assert.Equal((fedAvg.Checkpoint, fedAvg.Result, fedAvg.Metrics.Evaluation), (same.Checkpoint, same.Result, same.Metrics.Evaluation));
        Assert.Null(same.Metrics.GlobalEvaluation);

        var (control, _) = await RunAsync(Spec(normalization, personalization.Replace("blocks: 0", "blocks: 1", StringComparison.Ordinal).Replace("blocks: 4", "blocks: 3", StringComparison.Ordinal)));
        Assert.NotEqual(fedAvg.Metrics.Evaluation, control.Metrics.Evaluation);
        Assert.NotNull(control.Metrics.GlobalEvaluation);
    }

    [Theory]
    [InlineData("training: local")]
    [InlineData("layer: group, groups: 2")]
    [InlineData("layer: none")]
    public async Task Where_all_stays_each_client_trains_alone_bitwise(string normalization)
    {
        foreach (var personalization in new[] { "{method: fedPer, blocks: 4}", "{method: lgFedAvg, blocks: 0}" })
        {
            using var job = new TestJob(Spec(normalization, personalization));
            var (closed, states) = await RunAsync(job);
            foreach (var client in job.Plan.Clients)
            {
                var alone = Alone(job.Plan, client.Name, ClientData.Load(job.Data, job.Plan, client));
                Assert.Equal(alone.Keys.Order(StringComparer.Ordinal), states[client.Name].Keys.Order(StringComparer.Ordinal));
                Assert.All(alone, t => Assert.True(t.Value.Bytes.Span.SequenceEqual(states[client.Name][t.Key].Bytes.Span), $"{client.Name}: {t.Key}"));
            }
            Assert.Equal(3, closed.Metrics.Clients.Count);
        }

        // The control: with a classifier in common it is another one.
        using var shared = new TestJob(Spec(normalization, "{method: lgFedAvg, blocks: 1}"));
        var (_, partly) = await RunAsync(shared);
        var first = shared.Plan.Clients[0];
        Assert.False(Alone(shared.Plan, first.Name, ClientData.Load(shared.Data, shared.Plan, first))["conv1.weight"].Bytes.Span.SequenceEqual(partly[first.Name]["conv1.weight"].Bytes.Span));
    }

    [Theory]
    [InlineData("training: local", 1)]
    [InlineData("training: local", 2)]
    [InlineData("training: federated", 2)]
    [InlineData("layer: group, groups: 2", 3)]
    public async Task Clients_with_the_same_data_and_heads_get_from_FedPer_what_they_get_from_FedAvg(string normalization, int blocks)
    {
        // Draws are keyed by the client's name: steps over all of a client's data are the same in any order, up to rounding.
        string Same(string personalization) => Spec(normalization, personalization).Replace("batchSize: 8", "batchSize: 240, precision: float64", StringComparison.Ordinal);
        async Task<Dictionary<string, TensorContent>> WholeModelAsync(string personalization, string? dataOf)
        {
            using var job = new TestJob(Same(personalization));
            ClientData Data(PlannedClient client) => ClientData.Load(job.Data, job.Plan, job.Plan.Clients.First(c => (dataOf ?? client.Name) == c.Name));
            var (closed, states, checkpoint) = await RunAsync(job, Data);
            Assert.Equal(3, closed.Clients.Count);
            return checkpoint.Concat(states.GetValueOrDefault("site-1")?.Values.ToList() ?? []).ToDictionary(t => t.Name, StringComparer.Ordinal);
        }

        var fedAvg = await WholeModelAsync("{method: none}", "site-0");
        var fedPer = await WholeModelAsync($"{{method: fedPer, blocks: {blocks}}}", "site-0");
        Assert.Equal(fedAvg.Keys.Order(StringComparer.Ordinal), fedPer.Keys.Order(StringComparer.Ordinal));
        Assert.All(fedAvg, t => Assert.True(Distance(t.Value, fedPer[t.Key]) < 1e-9, $"{t.Key}: {Distance(t.Value, fedPer[t.Key])}"));

        var skewedAvg = await WholeModelAsync("{method: none}", null);
        var skewedPer = await WholeModelAsync($"{{method: fedPer, blocks: {blocks}}}", null);
        Assert.True(Distance(skewedAvg["fc.weight"], skewedPer["fc.weight"]) > 1e-3);
    }

    [Theory]
    [InlineData("{method: fedPer, blocks: 1}", "training: exact")]
    [InlineData("{method: fedRep, blocks: 1, headSteps: 2}", "training: exact")]
    [InlineData("{method: lgFedAvg, blocks: 4}", "training: exact")]
    [InlineData("{method: fedRep, blocks: 2}", "training: local, population: precise, precise: {samples: 1000, everyRounds: 2}")]
    [InlineData("{method: fedRep, blocks: 2, headSteps: 1}", "training: federated, freezeAtRound: 3, scope: statisticsPerClient")]
    [InlineData("{method: lgFedAvg, blocks: 2}", "training: federated, population: precise, precise: {samples: 1000, forward: batch}")]
    [InlineData("{method: lgFedAvg, blocks: 1}", "training: hybrid, moments: atBase, ghostBatchSize: 4")]
    [InlineData("{method: fedPer, blocks: 4}", "training: federated")]
    public async Task A_job_reaches_its_end_and_says_how_well_each_client_and_the_global_model_do(string personalization, string normalization)
    {
        using var job = new TestJob(Spec(normalization, personalization));
        var (closed, states) = await RunAsync(job);
        var own = closed.Metrics.ClientAccuracy()!;
        Assert.Equal(["site-0", "site-1", "site-2"], own.Each.Keys);
        Assert.Equal(own.Each.Values.Average(), own.Mean, 1e-12);
        Assert.Equal((own.Each.Values.Min(), own.Each[own.WorstClient]), (own.Worst, own.Worst));
        var keeps = job.Plan.Personalization.KeepsUnits(job.Plan.Model.Architecture);
        Assert.Equal(keeps, own.GlobalModel is not null);
        Assert.Equal(keeps, states.Count > 0);
        if (keeps)
            Assert.Equal(closed.Metrics.Clients.Average(c => c.GlobalEvaluation!.Accuracy()), own.GlobalModel!.Value, 1e-12);
    }

    [Fact]
    public async Task Heads_survive_a_restart_and_rounds_without_participation()
    {
        var spec = Spec("training: federated", "{method: fedRep, blocks: 2, headSteps: 3}")
            .Replace("rounds: 4", "rounds: 8", StringComparison.Ordinal)
            .Replace("clients:", "participation: {perRound: 0.6}\nclients:", StringComparison.Ordinal)
            .Replace("momentum: 0.9}", "momentum: 0.9, state: keep}", StringComparison.Ordinal);
        using var job = new TestJob(spec);
        await using (var run = await TestRun.StartAsync(job))
        {
            await run.UntilClosedAsync(3);
            foreach (var client in run.Clients)
                await client.KillAsync();
            await run.CompleteAsync();
        }

        // The same without a restart; each round begins from what the ledger names, whoever it is without.
        var rounds = new List<ClosedDocument>();
        using var undisturbed = await InProcessJob.CreateAsync(job.Plan, client => ClientData.Load(job.Data, job.Plan, client), CancellationToken.None);
        var expected = await undisturbed.RunAsync(CancellationToken.None);
        var last = await job.LastAsync();
        Assert.Equal((expected.Checkpoint, expected.Metrics.Evaluation), (last.Checkpoint, last.Metrics.Evaluation));
        Assert.Equal(expected.Clients.Select(c => c.State), last.Clients.Select(c => c.State));
        for (var round = 1; round <= 8; round++)
            rounds.Add((await undisturbed.Job.Ledger.Global.ReadDocumentAsync(LedgerPaths.Closed(new RoundKey(round, RoundKind.Train)), LedgerJson.Default.ClosedDocument, CancellationToken.None))!.Document);
        var (stayed, moved) = (0, 0);
        foreach (var (before, after) in rounds.Zip(rounds.Skip(1)))
            foreach (var (was, now) in before.Clients.Zip(after.Clients))
            {
                Assert.Equal(was.State == now.State, now.Admitted != after.Round.Number);
                (stayed, moved) = was.State == now.State ? (stayed + 1, moved) : (stayed, moved + 1);
            }
        Assert.True(stayed > 0 && moved > 0);

        // The control: a client that has lost its head is another one.
        var skipped = last.Clients.First(c => c.State is not null);
        using var trainer = new LocalTrainer(job.Plan, skipped.Name, ClientData.Load(job.Data, job.Plan, job.Plan.Clients.Single(c => c.Name == skipped.Name)));
        trainer.LoadCheckpoint(await CheckpointAsync(undisturbed, expected));
        var lost = trainer.Evaluate(null, CancellationToken.None);
        var own = last.Metrics.Clients.Single(c => c.Client == skipped.Name);
        Assert.NotEqual(lost.LossSum, own.Evaluation!.LossSum);
        Assert.Equal(lost.LossSum, own.GlobalEvaluation!.LossSum);
    }

    /// <summary>A client's training by itself: the network of the seed, its batches, TorchSharp's own SGD.</summary>
    private static Dictionary<string, TensorContent> Alone(Plan plan, string client, ClientData data)
    {
        set_num_threads(1);
        using var network = Initialization.Create(plan);
        network.train();
        for (var round = 1; round <= plan.Rounds; round++)
        {
            using var optimizer = optim.SGD(network.parameters(), LearningRateSchedule.At(plan.Training, round), plan.Training.Optimizer.Momentum);
            foreach (var indices in new Batches(plan, client, round, data.Train.Count).Read())
            {
                using var scope = NewDisposeScope();
                var batch = Batch.Of(data.Train, indices.Span, plan.Training.Precision);
                optimizer.zero_grad();
                nn.functional.cross_entropy(network.call(batch.Images), batch.Labels).backward();
                optimizer.step();
            }
        }
        return ModuleTree.Tensors(network).ToDictionary(t => t.Name, t => TensorContent.Of(t.Name, t.Tensor), StringComparer.Ordinal);
    }

    private static async Task<(ClosedDocument Closed, Dictionary<string, Dictionary<string, TensorContent>> States)> RunAsync(string spec)
    {
        using var job = new TestJob(spec);
        return await RunAsync(job);
    }

    private static async Task<(ClosedDocument Closed, Dictionary<string, Dictionary<string, TensorContent>> States)> RunAsync(TestJob job)
    {
        var (closed, states, _) = await RunAsync(job, client => ClientData.Load(job.Data, job.Plan, client));
        return (closed, states);
    }

    private static async Task<(ClosedDocument Closed, Dictionary<string, Dictionary<string, TensorContent>> States, IReadOnlyList<TensorContent> Checkpoint)> RunAsync(TestJob job, Func<PlannedClient, ClientData> data)
    {
        using var inProcess = await InProcessJob.CreateAsync(job.Plan, data, CancellationToken.None);
        var closed = await inProcess.RunAsync(CancellationToken.None);
        var states = new Dictionary<string, Dictionary<string, TensorContent>>(StringComparer.Ordinal);
        foreach (var client in closed.Clients.Where(c => c.State is not null))
        {
            var read = await inProcess.Job.Ledger.Private(client.Name).ReadAsync(LedgerPaths.State(client.State!), long.MaxValue, null, CancellationToken.None);
            states[client.Name] = TensorFile.Read(client.State!, read.Content).ToDictionary(t => t.Name, StringComparer.Ordinal);
        }
        return (closed, states, await CheckpointAsync(inProcess, closed));
    }

    private static async Task<IReadOnlyList<TensorContent>> CheckpointAsync(InProcessJob job, ClosedDocument closed) =>
        [.. TensorFile.Read(closed.Checkpoint.Name, (await job.Job.Ledger.Global.ReadAsync(closed.Checkpoint.Name, closed.Checkpoint.Length, null, CancellationToken.None)).Content)];

    // The largest difference, of float64 tensors.
    private static double Distance(TensorContent a, TensorContent b)
    {
        if (a.DType != DType.F64)
            return a.Bytes.Span.SequenceEqual(b.Bytes.Span) ? 0 : double.PositiveInfinity;
        var x = MemoryMarshal.Cast<byte, double>(a.Bytes.Span);
        var y = MemoryMarshal.Cast<byte, double>(b.Bytes.Span);
        var largest = 0.0;
        for (var i = 0; i < x.Length; i++)
            largest = Math.Max(largest, Math.Abs(x[i] - y[i]));
        return largest;
    }

    private static string Spec(string normalization, string personalization) => $$$"""
        rounds: 4
        seed: 3
        model: {architecture: cnn, width: 4, classes: 4, inputShape: [1, 8, 8]}
        data: {format: idx, path: /data, partition: {method: classesPerClient, classes: 2}}
        training: {localSteps: 2, batchSize: 8, optimizer: {learningRate: 0.05, momentum: 0.9}}
        normalization: {{{{normalization}}}}
        personalization: {{{personalization}}}
        clients: [{name: site, replicas: 3}]
        storage: {azureBlob: {accountUrl: "https://example.blob.core.windows.net", credentialsSecret: key}}
        """;
}
