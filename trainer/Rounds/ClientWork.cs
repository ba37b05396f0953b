using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Metrics;
using FedOperator.Trainer.Normalization;
using FedOperator.Trainer.Rounds.Exact;
using FedOperator.Trainer.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedOperator.Trainer.Rounds;

/// <summary>What a client does in one round: base in, evaluation, training or statistics, update and report out.</summary>
/// <param name="job">The job.</param>
/// <param name="client">This client.</param>
/// <param name="data">Its shards.</param>
/// <param name="trainer">Its model and optimizer.</param>
/// <param name="heartbeat">Time between two heartbeats within a round.</param>
/// <param name="metrics">Told of every round; null: nobody is.</param>
internal sealed class ClientWork(JobContext job, PlannedClient client, ClientData data, LocalTrainer trainer, TimeSpan heartbeat, TrainerMetrics? metrics = null)
{
    private readonly PersonalStates? _states = trainer.HasPersonalState ? new PersonalStates(job.Ledger.Private(client.Name)) : null;
    private readonly IBlobStore _exchange = job.Ledger.Exchange(client.Name);
    private bool _hasInitialPersonal = job.Model.InitialPersonal is null;

    /// <summary>Says "I am here": what this process would train, and with how much data.</summary>
    /// <exception cref="LedgerException">This trainer would build another model from the plan than model.json describes.</exception>
    public Task SayHelloAsync(CancellationToken cancellationToken)
    {
        if (!job.Model.Describes(trainer.Layout))
            throw new LedgerException($"{job.Ledger.Global.Name}/{LedgerPaths.Model} describes another model than this trainer builds from the plan: use a trainer of the version that made it");
        var hello = new HelloDocument
        {
            Client = client.Name,
            Model = job.ModelSha256,
            Incarnation = Guid.NewGuid().ToString("N"),
            TrainSamples = data.Train.Count,
            TestSamples = data.Test.Count,
        };
        return _exchange.WriteAsync(LedgerPaths.Hello, LedgerJson.Write(hello, LedgerJson.Default.HelloDocument), ifMatch: null, cancellationToken);
    }

    /// <summary>Works on a round that is open.</summary>
    /// <returns>Steps done; 0 where the round needs nothing more from this client.</returns>
    public async Task<long> RunAsync(OpenDocument open, Participant self, CancellationToken cancellationToken)
    {
        metrics?.Started(open.Round);
        if (await ReportAsync(open, self, cancellationToken).ConfigureAwait(false) is { } report)
            return report.Steps;
        metrics?.Passed(open.Round);
        return 0;
    }

    private async Task<ReportDocument?> ReportAsync(OpenDocument open, Participant self, CancellationToken cancellationToken)
    {
        var started = job.Time.GetTimestamp();
        if (_states is not null)
            await _states.NamedAsync(self.State, cancellationToken).ConfigureAwait(false);
        if (await IsOverAsync(open, attempt: null, cancellationToken).ConfigureAwait(false))
            return null;
        await using var heartbeats = new Heartbeats(job, client.Name, open.Round, heartbeat, cancellationToken);
        try
        {
            return job.IsExact(open)
                ? await AttemptsAsync(open, self, heartbeats, started, cancellationToken).ConfigureAwait(false)
                : await ReportAsync(open, self, heartbeats, attempt: null, pool: null, started, cancellationToken).ConfigureAwait(false);
        }
        catch (BlobStoreException e) when (e.Fault == BlobFault.Missing)
        {
            // A base that is gone is no trouble where the round is over: this process was away for long.
            if (await IsOverAsync(open, attempt: null, cancellationToken).ConfigureAwait(false))
                return null;
            throw;
        }
        catch (OperationCanceledException) when (heartbeats.RoundIsCut.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Works until the round is cut: on its newest attempt, as long as this client has a part in it.</summary>
    private async Task<ReportDocument?> AttemptsAsync(OpenDocument open, Participant self, Heartbeats heartbeats, long started, CancellationToken cancellationToken)
    {
        var global = job.Ledger.Global;
        var control = new ControlWatch(global, NullLogger.Instance);
        ReportDocument? report = null;
        AttemptDocument? attempt = null;
        while (true)
        {
            var before = attempt;
            attempt = await new AttemptWait(job, open.Round, attempt: null, control, heartbeats.RoundIsCut)
                .ForAsync(token => Attempts.NewestAsync(global, open.Round, before, token)).ConfigureAwait(false);
            if (!attempt.Participants.Contains(client.Name, StringComparer.Ordinal))
                return report;
            var wait = new AttemptWait(job, open.Round, attempt, control, heartbeats.RoundIsCut);
            try
            {
                if (!await IsOverAsync(open, attempt.Attempt, cancellationToken).ConfigureAwait(false))
                    report = await ReportAsync(open, self, heartbeats, attempt.Attempt, new LedgerPool(job, open, attempt, client.Name, wait), started, cancellationToken).ConfigureAwait(false);
                await wait.UntilCutAsync().ConfigureAwait(false);
                return report;
            }
            catch (AttemptEndedException)
            {
                // The next one starts from the round's base, like this one.
            }
            catch (OperationCanceledException) when (report is not null && heartbeats.RoundIsCut.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                return report;
            }
        }
    }

    private async Task<ReportDocument> ReportAsync(
        OpenDocument open, Participant self, Heartbeats heartbeats, int? attempt, StatisticsPool? pool, long started, CancellationToken cancellationToken)
    {
        var loading = job.Time.GetTimestamp();
        await LoadAsync(open, self, cancellationToken).ConfigureAwait(false);
        var download = job.Time.GetElapsedTime(loading);
        byte[]? update = null;
        // With a pool on a thread of its own: it waits in the middle of libtorch's passes, where it cannot give its thread back.
        var report = pool is null
            ? Work(open, self, heartbeats, pool, out update)
            : await Task.Factory.StartNew(() => Work(open, self, heartbeats, pool, out update), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        var worked = job.Time.GetTimestamp();
        report = await CommitTensorsAsync(report with { Attempt = attempt }, update, cancellationToken).ConfigureAwait(false);
        report = report with { Seconds = job.Time.GetElapsedTime(started).TotalSeconds };
        // The report commits everything: a stop request waits until it is written. Where one exists, another process of this client was first, and is right.
        await _exchange.CreateAsync(LedgerPaths.Report(open.Round, attempt), LedgerJson.Write(report, LedgerJson.Default.ReportDocument), CancellationToken.None).ConfigureAwait(false);
        metrics?.Reported(report, download, job.Time.GetElapsedTime(worked));
        return report;
    }

    /// <summary>Whether a round, or an attempt at it, needs nothing more from this client.</summary>
    private async Task<bool> IsOverAsync(OpenDocument open, int? attempt, CancellationToken cancellationToken) =>
        ((attempt is not null || !job.IsExact(open)) && await _exchange.StatAsync(LedgerPaths.Report(open.Round, attempt), cancellationToken).ConfigureAwait(false) is not null)
        || await job.Ledger.Global.StatAsync(LedgerPaths.Cut(open.Round), cancellationToken).ConfigureAwait(false) is not null;

    private async Task LoadAsync(OpenDocument open, Participant self, CancellationToken cancellationToken)
    {
        trainer.LoadCheckpoint(await TensorsAsync(open.Base, $"the base of round {open.Round}", LedgerPaths.Open(open.Round), cancellationToken).ConfigureAwait(false));
        if (_states is null)
            return;
        if (!_hasInitialPersonal)
        {
            trainer.StartPersonalFrom(await TensorsAsync(job.Model.InitialPersonal!, "what the personal tensors start from", LedgerPaths.Model, cancellationToken).ConfigureAwait(false));
            _hasInitialPersonal = true;
        }

        var state = await _states.ReadAsync(self.State, cancellationToken).ConfigureAwait(false);
        trainer.LoadPersonalState(state is { } content ? TensorFile.Read($"state/{self.State}", content) : []);
    }

    /// <summary>The tensors of a blob of the global container.</summary>
    private async Task<IEnumerable<TensorContent>> TensorsAsync(BlobReference blob, string what, string namedBy, CancellationToken cancellationToken)
    {
        var read = await job.Ledger.Global.ReadAsync(blob.Name, blob.Length, ifNoneMatch: null, cancellationToken).ConfigureAwait(false);
        var file = $"{job.Ledger.Global.Name}/{blob.Name}";
        if (read.Status != BlobReadStatus.Found)
            throw new BlobStoreException(BlobFault.Missing, $"{file}: {what} is gone");
        if (LedgerJson.Sha256(read.Content.Span) != blob.Sha256)
            throw new LedgerException($"{file} does not have the SHA-256 that {namedBy} names: its content was changed");
        return TensorFile.Read(file, read.Content);
    }

    private ReportDocument Work(OpenDocument open, Participant self, Heartbeats heartbeats, StatisticsPool? pool, out byte[]? update)
    {
        var report = new ReportDocument { Plan = open.Plan, Round = open.Round, Base = open.Base.Sha256 };
        var started = job.Time.GetTimestamp();
        trainer.Frozen = open.Frozen;
        if (open.Evaluate)
        {
            // Between the rounds that compute them, running statistics are what is reported.
            if (open.Round.Kind == RoundKind.Evaluate)
                trainer.GatherOwnPopulation(heartbeats.RoundIsCut);
            var own = trainer.Evaluate(open.EvaluateMaxSamples, heartbeats.RoundIsCut);
            // Nobody trains the global model as it stands here: where it overflows, that is no fault of the update.
            var global = trainer.EvaluateGlobal(open.EvaluateMaxSamples, heartbeats.RoundIsCut);
            report = report with { Evaluation = Sums(own), GlobalEvaluation = global is { } score && double.IsFinite(score.LossSum) ? Sums(score) : null, EvaluateSeconds = job.Time.GetElapsedTime(started).TotalSeconds };
            started = job.Time.GetTimestamp();
        }

        update = null;
        switch (open.Round.Kind)
        {
            case RoundKind.Statistics:
                update = TensorFile.Write(open.Round.IsPopulation
                    ? trainer.StatisticsOfPopulation(open.Layers, self.Samples, heartbeats.RoundIsCut)
                    : trainer.Statistics(open.Layers, self.Samples, PreciseForward.Pooled, heartbeats.RoundIsCut));
                return report with { Samples = self.Samples, TrainSeconds = job.Time.GetElapsedTime(started).TotalSeconds };
            case RoundKind.Train:
                var steps = (int)Workload.RoundSteps(job.Plan, data.Train.Count);
                void Stepped(long step)
                {
                    heartbeats.Step((int)step, steps);
                    metrics?.Stepped();
                }

                var trained = trainer.Train(open.Round.Number, open.LearningRate, Stepped, heartbeats.RoundIsCut, pool);
                var seconds = job.Time.GetElapsedTime(started).TotalSeconds;
                update = TensorFile.Write(trainer.TrainUpdate());
                return report with { Steps = (int)trained.Steps, Samples = trained.Samples, Training = Sums(trained.Score), TrainSeconds = seconds };
            default:
                return report;
        }
    }

    private async Task<ReportDocument> CommitTensorsAsync(ReportDocument report, byte[]? update, CancellationToken cancellationToken)
    {
        if (report.Round.Kind == RoundKind.Train && _states is not null)
        {
            report = report with { State = await _states.WriteAsync(TensorFile.Write(trainer.PersonalState()), cancellationToken).ConfigureAwait(false) };
            metrics?.StateWritten();
        }

        if (update is null)
            return report;
        var sha256 = LedgerJson.Sha256(update);
        await _exchange.CreateAsync(LedgerPaths.Update(sha256), update, cancellationToken).ConfigureAwait(false);
        return report with { Update = sha256, UpdateLength = update.Length };
    }

    private static SampleSums Sums(Score score) => new(score.Samples, score.LossSum, score.Correct);
}
