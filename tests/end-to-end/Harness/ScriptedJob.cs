using System.Runtime.InteropServices;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Rounds;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedOperator.EndToEnd.Tests.Harness;

/// <summary>A job whose clients are scripts that speak the protocol, and whose aggregator is the real one, in this process. No libtorch.</summary>
internal sealed class ScriptedJob : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-scripted-").FullName;

    public ScriptedJob(
        ParticipationSpec participation, int clients = 3, int rounds = 3, IReadOnlyList<string>? required = null, double startupDeadlineSeconds = 30, RetentionSpec? retention = null,
        int weights = 12, NormalizationSpec? normalization = null, EvaluationSpec? evaluation = null)
    {
        var plan = new Plan
        {
            Job = "scripted",
            Hash = "",
            Rounds = rounds,
            Seed = 1,
            Clients = [.. Enumerable.Range(0, clients).Select(i => new PlannedClient($"site-{i}", required?.Contains($"site-{i}") ?? false, DataFormat.Idx, new PartitionSpec(), i, clients))],
            Model = new ModelSpec(),
            Training = new TrainingSpec { LocalSteps = 2, BatchSize = 5 },
            Normalization = normalization ?? new NormalizationSpec { BootstrapSamples = 8, GradientStatistics = true },
            Personalization = new PersonalizationSpec(),
            Aggregation = new AggregationSpec { Server = new ServerSpec { Momentum = 0.5 } },
            Evaluation = evaluation ?? new EvaluationSpec(),
            Participation = participation,
            StartupDeadlineSeconds = startupDeadlineSeconds,
            Retention = retention ?? new RetentionSpec(),
        };
        Plan = plan with { Hash = PlanHash.Of(plan) };
        Ledger = new JobLedger(Plan.Job, BlobStores.Open("file://" + _folder).Container);
        Layout = new ModelLayout(
            [
                Entry("fc.weight", [weights / 4, 4], TensorRole.Weight, "fc"),
                Entry("bn.weight", [4], TensorRole.BnAffine, "bn"),
                Entry("bn.running_mean", [4], TensorRole.BnStatistic, "bn", BnStatistic.Mean),
                Entry("bn.running_var", [4], TensorRole.BnStatistic, "bn", BnStatistic.Variance),
                Entry("bn.num_batches_tracked", [], TensorRole.Counter, "bn", null, DType.I64),
                Entry("bn.gradient_mean", [4], TensorRole.BnStatistic, "bn", BnStatistic.GradientMean),
                Entry("bn.gradient_product", [4], TensorRole.BnStatistic, "bn", BnStatistic.GradientProduct),
            ],
            ["bn"]);
    }

    public Plan Plan { get; }

    public ModelLayout Layout { get; }

    public JobLedger Ledger { get; }

    /// <summary>SHA-256 of model.json, once the job runs.</summary>
    public string ModelSha256 { get; private set; } = "";

    /// <summary>Where the containers lie.</summary>
    public string Folder => _folder;

    /// <summary>Writes what the operator and `trainer init` would: plan.json, model.json, checkpoint 0.</summary>
    public async Task<ModelDocument> PrepareAsync()
    {
        var checkpoint = SafetensorsContent.Write([.. Layout.Tensors.Select(t => (new TensorHeader(t.Name, t.DType, t.Shape), Initial(t)))]);
        await Ledger.Global.CreateAsync(LedgerPaths.InitialCheckpoint, checkpoint, CancellationToken.None);
        var model = new ModelDocument { Plan = Plan.Hash, Initial = new BlobReference(LedgerPaths.InitialCheckpoint, LedgerJson.Sha256(checkpoint), checkpoint.Length), Layout = Layout };
        await Ledger.Global.CreateAsync(LedgerPaths.Plan, PlanJson.Write(Plan), CancellationToken.None);
        ModelSha256 = (await Ledger.Global.CreateOrAdoptAsync(LedgerPaths.Model, model, LedgerJson.Default.ModelDocument, CancellationToken.None)).Sha256;
        return model;
    }

    /// <summary>Runs the job: the aggregator, in this process, and all clients.</summary>
    public Task<JobOutcome> RunAsync(params ScriptedClient[] clients) => RunInterruptedAsync(CancellationToken.None, clients);

    /// <summary>Runs the job; where the aggregator is interrupted, another one that knows nothing but the ledger goes on.</summary>
    public async Task<JobOutcome> RunInterruptedAsync(CancellationToken interrupted, params ScriptedClient[] clients)
    {
        var model = await PrepareAsync();
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var job = new JobContext(Plan, model, ModelSha256, Ledger, TimeProvider.System, TimeSpan.FromMilliseconds(1));
        // A script that fails ends the job: nobody would wait for its reports in vain, and it is what the test tells of.
        async Task PlayAsync(ScriptedClient client)
        {
            try
            {
                await client.RunAsync(this, stop.Token);
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }

        var running = clients.Select(PlayAsync).ToList();
        using var first = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, interrupted);
        JobOutcome outcome;
        try
        {
            outcome = await new AggregatorLoop(job, NullLogger<AggregatorLoop>.Instance).RunAsync(first.Token);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            await Ledger.Global.DeleteAsync(LedgerPaths.Progress, CancellationToken.None);
            outcome = await new AggregatorLoop(job, NullLogger<AggregatorLoop>.Instance).RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (running.Find(task => task.IsFaulted) is { } failed)
        {
            await failed;
            throw;
        }

        await stop.CancelAsync();
        await Task.WhenAll(running);
        return outcome;
    }

    public async Task<T> ReadAsync<T>(string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class => (await Ledger.Global.ReadDocumentAsync(name, type, CancellationToken.None))!.Document;

    /// <summary>Where a blob of the global container lies.</summary>
    public string PathOf(string blob) => Path.Join(_folder, LedgerPaths.GlobalContainer(Plan.Job), blob);

    /// <summary>Replaces control.json.</summary>
    public Task ControlAsync(ControlDocument control) =>
        Ledger.Global.WriteAsync(LedgerPaths.Control, LedgerJson.Write(control, LedgerJson.Default.ControlDocument), null, CancellationToken.None);

    /// <summary>hello.json of a client.</summary>
    public byte[] HelloOf(string client, string incarnation, string? model = null) => LedgerJson.Write(
        new HelloDocument { Client = client, Model = model ?? ModelSha256, Incarnation = incarnation, TrainSamples = ScriptedClient.TrainSamples, TestSamples = ScriptedClient.TestSamples },
        LedgerJson.Default.HelloDocument);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TensorEntry Entry(string name, long[] shape, TensorRole role, string layer, BnStatistic? statistic = null, DType dtype = DType.F32) =>
        new(name, shape, dtype, role, TensorPlacement.Shared, layer, statistic);

    private static ReadOnlyMemory<byte> Initial(TensorEntry tensor) => tensor.DType == DType.I64
        ? new byte[8]
        : MemoryMarshal.AsBytes(Enumerable.Range(0, (int)TensorHeader.Elements(tensor.Shape)).Select(i => tensor.Statistic == BnStatistic.Variance ? 1f : 0.1f * i).ToArray().AsSpan()).ToArray();
}
