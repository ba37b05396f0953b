using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Models;
using FedOperator.Trainer.Normalization;
using TorchSharp.Modules;
using static TorchSharp.torch;
using NormalizationLayer = FedOperator.Core.Api.NormalizationLayer;
using NormalizationTraining = FedOperator.Core.Api.NormalizationTraining;
using OptimizerState = FedOperator.Core.Api.OptimizerState;

namespace FedOperator.Trainer.Training;

/// <summary>One client's side of a round, without storage or network: checkpoint in, steps, update out. A function of (plan, client, round, checkpoint, personal state).</summary>
public sealed class LocalTrainer : IDisposable
{
    private readonly Plan _plan;
    private readonly string _client;
    private readonly ClientData _data;
    private readonly ClientModel _model;
    private readonly Sgd _optimizer;
    private readonly TrainingPhase _phase;

    /// <summary>A client with the model of before round 1. Sets libtorch's number of threads.</summary>
    /// <param name="plan">The job's plan.</param>
    /// <param name="client">The client's name.</param>
    /// <param name="data">Its shards.</param>
    /// <param name="device">Where it computes; null: on the processor. What goes in and comes out is in main memory in any case.</param>
    public LocalTrainer(Plan plan, string client, ClientData data, Device? device = null)
    {
        (_plan, _client, _data) = (plan, client, data);
        NativeHeap.Keep();
        set_num_threads(plan.Training.Threads);
        _model = new ClientModel(plan, device);
        var parameters = ModuleTree.Tensors(_model.Network).Where(t => t.Tensor is Parameter).Select(t => (t.Name, (Parameter)t.Tensor)).ToList();
        _optimizer = new Sgd(parameters, plan.Training.Optimizer);
        _phase = new TrainingPhase(plan.Training, data.Train, _model, _optimizer, [.. parameters.Select(p => p.Item2)]);
    }

    /// <summary>The network and its tensors.</summary>
    internal ClientModel Model => _model;

    /// <summary>model.json.</summary>
    public ModelLayout Layout => _model.Layout;

    /// <summary>Whether <see cref="PersonalState"/> holds anything.</summary>
    public bool HasPersonalState => KeepsOptimizer || _model.HasPersonalTensors;

    /// <summary>Whether BatchNorm statistics are constants in the next rounds (`normalization.freezeAtRound`). Default false.</summary>
    public bool Frozen
    {
        get => _model.Frozen;
        set => _model.Frozen = value;
    }

    private bool KeepsOptimizer => _plan.Training.Optimizer.State == OptimizerState.Keep && _plan.Training.Optimizer.Momentum != 0;

    /// <summary>Takes the shared tensors of a checkpoint, in any order.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, unknown or misshapen.</exception>
    public void LoadCheckpoint(IEnumerable<TensorContent> checkpoint) => _model.LoadShared(checkpoint);

    /// <summary>Takes the personal tensors of before round 1, where they come from `model.initialCheckpoint` and not from the seed.</summary>
    /// <param name="initial">All of them, in any order.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, unknown or misshapen.</exception>
    public void StartPersonalFrom(IEnumerable<TensorContent> initial) => _model.StartPersonalFrom([.. initial]);

    /// <summary>Takes personal state: the tensors that <see cref="PersonalState"/> gave; none: as before round 1.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or misshapen.</exception>
    public void LoadPersonalState(IEnumerable<TensorContent> state)
    {
        var tensors = state.ToDictionary(t => t.Name, StringComparer.Ordinal);
        _model.LoadPersonal(tensors);
        if (KeepsOptimizer && tensors.Count > 0)
            _optimizer.Import(tensors);
        else
            _optimizer.Reset();
    }

    /// <summary>Takes a model to evaluate: the shared tensors, and those that stay with the client where the file has them (`fed export`); otherwise these are as before round 1.</summary>
    /// <returns>Whether it has all that inference needs.</returns>
    /// <exception cref="InvalidDataException">A tensor is missing, unknown or misshapen; of those that stay with the client some are there and some are not.</exception>
    public bool LoadModel(IEnumerable<TensorContent> model)
    {
        var stay = Layout.Tensors.Where(t => t.Placement == TensorPlacement.Personal).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var tensors = model.ToLookup(t => stay.Contains(t.Name));
        _model.LoadShared(tensors[false]);
        _model.LoadPersonal(tensors[true].ToDictionary(t => t.Name, StringComparer.Ordinal));
        _optimizer.Reset();
        return stay.Count == 0 || tensors[true].Any();
    }

    /// <summary>Personal tensors and, with `state: keep`, the momentum, in a fixed order: what this client needs to go on from here.</summary>
    public IReadOnlyList<TensorContent> PersonalState() => [.. _model.Personal(), .. KeepsOptimizer ? _optimizer.Export() : []];

    /// <summary>Trains one round from the loaded checkpoint; with `fedRep` first the units that stay with this client, the others standing still, and then these.</summary>
    /// <param name="round">From 1; keys the order of the samples.</param>
    /// <param name="learningRate">See <see cref="LearningRateSchedule"/>.</param>
    /// <param name="stepDone">Told the number of steps done so far, for heartbeats.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <param name="pool">With `training: exact`: the other clients; otherwise null.</param>
    /// <exception cref="InvalidOperationException">This client has no train samples, or `exact` no pool.</exception>
    public TrainMetrics Train(int round, double learningRate, Action<long>? stepDone, CancellationToken cancellationToken, StatisticsPool? pool = null)
    {
        if (pool is null && !Frozen && _plan.Normalization is { Layer: NormalizationLayer.Batch, Training: NormalizationTraining.Exact })
            throw new InvalidOperationException("normalization.training is `exact`: a round needs a pool to exchange statistics with the other clients");
        if (_data.Train.Count == 0)
            throw new InvalidOperationException($"client {_client} has no train samples: its shard of the partition is empty");
        if (_model.PersonalStatistics.HaveToBeSet)
            _model.PersonalStatistics.Set(PreciseForward.Pooled, BootstrapBatches, cancellationToken);
        if (!KeepsOptimizer)
            _optimizer.Reset();
        _model.BeginRound();
        // A round that was broken off may have left it in one of its phases.
        _model.Train(..);
        _model.Network.train();
        pool = _model.Frozen ? null : pool;
        _model.Join(pool);
        var batches = new Batches(_plan, _client, round, _data.Train.Count);
        if (Batches.OfHeadPhase(_plan, _client, round, _data.Train.Count) is not { } first)
            return _phase.Run(batches, learningRate, stepDone, pool, cancellationToken);
        var kept = _plan.Personalization.PersonalUnits(_model.Network.Units.Count);
        _model.Train(kept);
        var heads = _phase.Run(first, learningRate, stepDone, pool: null, cancellationToken);
        _model.Train(..kept.Start);
        var shared = _phase.Run(batches, learningRate, step => stepDone?.Invoke(heads.Steps + step), pool, cancellationToken);
        _model.Train(..);
        return shared with { Steps = heads.Steps + shared.Steps, Score = heads.Score + shared.Score };
    }

    /// <summary>The update of the round just trained: exactly <see cref="UpdateLayout.Train"/>, or <see cref="UpdateLayout.Weights"/> where statistics are frozen, copied one tensor at a time as it is read. To be read before the next round or statistics begin.</summary>
    public IEnumerable<TensorContent> TrainUpdate() => _model.TrainUpdate();

    /// <summary>Moments of layers' inputs over a fixed draw of this client's train samples, the weights standing still.</summary>
    /// <param name="layers">Paths of BatchNorm layers.</param>
    /// <param name="samples">How many samples (<see cref="Participant.Samples"/>).</param>
    /// <param name="forward">`pooled`: all layers normalize with their running statistics; `batch`: with each mini-batch's own, in mini-batches of `populationBatchSize` (arXiv 2105.07576 section 3).</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <returns>Exactly <see cref="UpdateLayout.Statistics"/>.</returns>
    /// <exception cref="InvalidOperationException">This client has not so many train samples, or `batch` was asked of a single one.</exception>
    public IReadOnlyList<TensorContent> Statistics(IReadOnlyList<string> layers, long samples, PreciseForward forward, CancellationToken cancellationToken)
    {
        if (_data.Train.Count == 0)
            throw new InvalidOperationException($"client {_client} has no train samples: its shard of the partition is empty");
        var smallest = forward == PreciseForward.Batch ? 2 : 1;
        if (samples < smallest || samples > _data.Train.Count)
            throw new InvalidOperationException($"statistics of {samples} train samples of client {_client}, which has {_data.Train.Count}: from {smallest} to all that it has can be asked for");
        if (_model.PersonalStatistics.HaveToBeSetBefore(layers))
            _model.PersonalStatistics.Set(PreciseForward.Pooled, BootstrapBatches, cancellationToken);
        return forward == PreciseForward.Batch
            ? InputMoments.Gather(_model, layers, EvaluationStatistics.MiniBatch, StatisticsBatches((int)samples, Workload.PopulationBatchSize(_plan.Normalization, _plan.Training)), cancellationToken)
            : InputMoments.Gather(_model, layers, EvaluationStatistics.Running, StatisticsBatches((int)samples, Evaluation.BatchSize), cancellationToken);
    }

    /// <summary>The same for `population: precise`, by its `forward`. With `pooled`, moments behind layers whose statistics stay with this client (`lgFedAvg`) are those behind precise statistics of these, as the evaluation will have them. To be followed by a new start from checkpoint and personal state.</summary>
    /// <param name="layers">Paths of BatchNorm layers.</param>
    /// <param name="samples">How many samples (<see cref="Participant.Samples"/>).</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <returns>Exactly <see cref="UpdateLayout.Statistics"/>.</returns>
    /// <exception cref="InvalidOperationException">As <see cref="Statistics"/>.</exception>
    public IReadOnlyList<TensorContent> StatisticsOfPopulation(IReadOnlyList<string> layers, long samples, CancellationToken cancellationToken)
    {
        var forward = _plan.Normalization.Precise.Forward;
        if (forward == PreciseForward.Pooled && _model.PersonalStatistics.AreBefore(layers))
            GatherOwnPopulation(cancellationToken);
        return Statistics(layers, samples, forward, cancellationToken);
    }

    /// <summary>With `population: precise`: gives the layers whose statistics stay with this client precise ones of its own samples (domain-specific, arXiv 2105.07576 section 5). To be followed by an evaluation, and by a new start from checkpoint and personal state.</summary>
    /// <param name="cancellationToken">Looked at between batches.</param>
    public void GatherOwnPopulation(CancellationToken cancellationToken)
    {
        var normalization = _plan.Normalization;
        var samples = (int)Math.Min(normalization.Precise.Samples, _data.Train.Count);
        if (normalization.Population != PopulationStatistics.Precise || _model.PersonalStatistics.Layers.Count == 0 || samples < (normalization.Precise.Forward == PreciseForward.Batch ? 2 : 1))
            return;
        var batchSize = normalization.Precise.Forward == PreciseForward.Batch ? Workload.PopulationBatchSize(normalization, _plan.Training) : Evaluation.BatchSize;
        _model.PersonalStatistics.Set(normalization.Precise.Forward, () => StatisticsBatches(samples, batchSize), cancellationToken);
    }

    /// <summary>Evaluates the loaded model on this client's test shard, or on a fixed draw of it; with `population: miniBatch` in mini-batches whose own statistics normalize. Statistics that stay with the client, and that no round has moved yet, are of its first `bootstrapSamples` samples.</summary>
    /// <param name="maxSamples">Largest number of samples; null: all.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    public Score Evaluate(int? maxSamples, CancellationToken cancellationToken)
    {
        var samples = _data.Test;
        var setsStatistics = _model.PersonalStatistics.AreFirst && _data.Train.Count > 0 && samples.Count > 0;
        // A client that has no state yet has the global model, whose statistics are of its first samples. Where training begins without them (`local`), it does so all the same.
        using var asBefore = setsStatistics && !_model.PersonalStatistics.HaveToBeSet ? _model.AsBeforeRound1() : null;
        if (setsStatistics)
            _model.PersonalStatistics.Set(PreciseForward.Pooled, BootstrapBatches, cancellationToken);
        var order = maxSamples < samples.Count
            ? new Draws(_plan.Seed, "evaluation", _client).Choose(maxSamples.Value, samples.Count)
            : [.. Enumerable.Range(0, samples.Count)];
        if (!Workload.InfersByMiniBatch(_plan.Normalization))
            return Evaluation.Run(_model.Network, samples, MiniBatches.Split(order, Evaluation.BatchSize), _plan.Training.Precision, cancellationToken);
        if (Workload.EvaluationSamples(_plan.Normalization, maxSamples, samples.Count) == 0)
            return default;
        // In an order of its own: what a prediction is must not depend on how the file is sorted.
        new Draws(_plan.Seed, "inference", _client).Shuffle(order.AsSpan());
        using var normalizing = _model.Evaluating(EvaluationStatistics.MiniBatch);
        return Evaluation.Run(_model.Network, samples, MiniBatches.Split(order, Workload.PopulationBatchSize(_plan.Normalization, _plan.Training)), _plan.Training.Precision, cancellationToken);
    }

    /// <summary>Evaluates the global model on the same samples: the shared tensors, with the personal ones of before round 1, which is what a client has that joins now. BatchNorm statistics that stay with the client are, with any `training`, of its first `bootstrapSamples` samples: others would say of a round's place in the job what ought to be said of the model.</summary>
    /// <param name="maxSamples">As for <see cref="Evaluate"/>.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <returns>Null where nothing stays with the client: there the global model is its own. Its own is as before in any case.</returns>
    public Score? EvaluateGlobal(int? maxSamples, CancellationToken cancellationToken)
    {
        if (!_model.HasPersonalTensors)
            return null;
        using var global = _model.AsBeforeRound1();
        return Evaluate(maxSamples, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }

    private IEnumerable<Tensor> BootstrapBatches() =>
        StatisticsBatches((int)Workload.BootstrapSamples(_plan.Normalization, _data.Train.Count), Evaluation.BatchSize);

    private IEnumerable<Tensor> StatisticsBatches(int samples, int batchSize)
    {
        var order = new Draws(_plan.Seed, "statistics", _client).Permutation(_data.Train.Count);
        foreach (var indices in MiniBatches.Split(order.AsMemory(0, samples), batchSize))
        {
            using var scope = NewDisposeScope();
            yield return Batch.Of(_data.Train, indices.Span, _plan.Training.Precision, _model.Network.Device).Images;
        }
    }
}

/// <summary>What a train round did.</summary>
/// <param name="Steps">Optimizer steps, those of a head phase (fedRep) included.</param>
/// <param name="Samples">Samples that went through the steps that shaped the update: of the base phase, where there are two.</param>
/// <param name="Score">Of all batches, each before its step.</param>
public sealed record TrainMetrics(long Steps, long Samples, Score Score);
