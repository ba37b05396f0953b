using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Trainer.Commands;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Rounds;
using FedOperator.Trainer.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedOperator.Bench.Cells;

/// <summary>A whole job in one process: the product's own parts around a ledger in a folder, in turn, so that nobody waits for anybody. Its bytes are those of separate processes (tests/end-to-end/InProcessJobTests.cs).</summary>
/// <remarks>`exact` needs its clients at the same time: there the product's own loops run side by side.</remarks>
internal sealed class InProcessJob : IDisposable
{
    private static readonly TimeSpan s_pollFloor = TimeSpan.FromMilliseconds(1), s_heartbeat = TimeSpan.FromMinutes(1);
    private readonly List<(PlannedClient Client, LocalTrainer Trainer)> _trainers = [];
    private readonly List<(string Name, ClientWork Work)> _clients = [];
    private readonly DirectoryInfo _folder;

    private InProcessJob(JobContext job, Func<PlannedClient, ClientData> data, DirectoryInfo folder)
    {
        (Job, _folder) = (job, folder);
        foreach (var client in job.Plan.Clients)
        {
            var shards = data(client);
            _trainers.Add((client, new LocalTrainer(job.Plan, client.Name, shards)));
            _clients.Add((client.Name, new ClientWork(job, client, shards, _trainers[^1].Trainer, s_heartbeat)));
        }
    }

    /// <summary>The job as its processes see it.</summary>
    public JobContext Job { get; }

    /// <summary>Its clients, each with the model that it evaluated last.</summary>
    public IReadOnlyList<(PlannedClient Client, LocalTrainer Trainer)> Clients => _trainers;

    /// <summary>Prepares a job, in a folder that goes when it is disposed of.</summary>
    /// <param name="plan">Its plan.</param>
    /// <param name="data">Of each client.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="around">Puts something around a container; null: nothing.</param>
    public static async Task<InProcessJob> CreateAsync(Plan plan, Func<PlannedClient, ClientData> data, CancellationToken cancellationToken, Func<string, IBlobStore, IBlobStore>? around = null)
    {
        // In memory where there is such a folder: a run is a few thousand small files.
        var folder = Directory.CreateDirectory(Path.Join(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "fed-bench-" + Guid.NewGuid().ToString("N")));
        IBlobStore Open(string name) => new FileBlobStore(Path.Join(folder.FullName, name));
        try
        {
            return new InProcessJob(await ContextAsync(plan, new JobLedger(plan.Job, name => around?.Invoke(name, Open(name)) ?? Open(name)), cancellationToken), data, folder);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>The last round's closed.json.</returns>
    public Task<ClosedDocument> RunAsync(CancellationToken cancellationToken) =>
        Job.Plan.Normalization.Training == NormalizationTraining.Exact ? SideBySideAsync(cancellationToken) : InTurnAsync(cancellationToken);

    public void Dispose()
    {
        _trainers.ForEach(t => t.Trainer.Dispose());
        _folder.Delete(recursive: true);
    }

    private async Task<ClosedDocument> InTurnAsync(CancellationToken cancellationToken)
    {
        var retention = new Retention(Job);
        foreach (var (_, work) in _clients)
            await work.SayHelloAsync(cancellationToken);
        var clients = await new Attendance(Job).RefreshAsync(Attendance.Nobody(Job.Plan), cancellationToken);
        var position = new Position(null, Job.Sequence.First);
        while (position.Next is { } round)
        {
            var before = position.Closed?.Document;
            var facts = new OpeningFacts(round, Job.Plan.Rounds, before, Job.Model.Initial, clients, Lost: []);
            var open = await Job.Ledger.Global.CreateOrAdoptAsync(LedgerPaths.Open(round), RoundOpening.Compose(Job.Plan, Job.Model.Layout, facts), LedgerJson.Default.OpenDocument, cancellationToken);
            foreach (var (name, work) in _clients)
                if (open.Document.Participants.FirstOrDefault(p => p.Name == name) is { } participant)
                    await work.RunAsync(open.Document, participant, cancellationToken);
            var reports = new ReportCollection(Job, open);
            var cut = await new RoundCut(Job, open, reports, (_, _) => { }).RunAsync(cancellationToken);
            var judged = await reports.ReportsAsync(cut.Document, cancellationToken);
            var closed = await new RoundClosing(Job, open, cut).RunAsync(clients, before?.Best, judged, () => 0, cancellationToken);
            await retention.ClosedAsync(closed.Document, before?.Best, cancellationToken);
            clients = closed.Document.Clients;
            position = await Position.AfterAsync(Job.Ledger.Global, closed, cancellationToken);
        }
        return position.Closed!.Document;
    }

    private async Task<ClosedDocument> SideBySideAsync(CancellationToken cancellationToken)
    {
        ThreadPool.SetMinThreads(2 * (_clients.Count + 2), _clients.Count);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var working = _clients.ConvertAll(c => Task.Run(() => new ClientLoop(Job, c.Name, c.Work, NullLogger<ClientLoop>.Instance).RunAsync(stop.Token), stop.Token));
        var aggregating = Task.Run(() => new AggregatorLoop(Job, NullLogger<AggregatorLoop>.Instance).RunAsync(stop.Token), stop.Token);
        try
        {
            // Whichever fails first is the one to tell of.
            await foreach (var ended in Task.WhenEach([aggregating, .. working]).WithCancellation(stop.Token))
                await ended;
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)Task.WhenAll([aggregating, .. working])).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return (await aggregating).Closed;
    }

    /// <summary>What `fed` and `trainer init` write before a job's processes start.</summary>
    private static async Task<JobContext> ContextAsync(Plan plan, JobLedger ledger, CancellationToken cancellationToken)
    {
        await ledger.Global.CreateAsync(LedgerPaths.Plan, PlanJson.Write(plan), cancellationToken);
        await InitCommand.RunAsync(plan, ledger, file: null, cancellationToken);
        return await JobReading.ContextAsync(ledger, s_pollFloor, cancellationToken);
    }
}
