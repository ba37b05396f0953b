using FedOperator.Core.Api;
using FedOperator.Core.Inspection;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Aggregation;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Normalization;
using FedOperator.Trainer.Training;

namespace FedOperator.Trainer.Inspection;

/// <summary>Evaluates one checkpoint with every kind of normalization statistics (DESIGN section 8; arXiv 2105.07576): which of them are wrong is seen side by side.</summary>
/// <param name="plan">The plan that it was trained by.</param>
/// <param name="shards">Every client's samples.</param>
/// <param name="checkpoint">Its tensors; a result's will do.</param>
/// <param name="device">Where it computes; null: on the processor.</param>
internal sealed class CheckpointInspection(Plan plan, IReadOnlyList<InspectedShard> shards, IReadOnlyList<TensorContent> checkpoint, TorchSharp.torch.Device? device = null) : IDisposable
{
    private static readonly int[] s_batchSizes = [4, 16, 64];

    private readonly ClientModel _model = new(plan, device);
    private readonly Samples _train = Samples.Join([.. shards.Select(s => s.Train)]);
    private readonly Samples _test = Samples.Join([.. shards.Select(s => s.Test)]);
    private readonly int _batchSize = Workload.PopulationBatchSize(plan.Normalization, plan.Training);

    // With `scope: statisticsPerClient` each client has its own: the checkpoint has none.
    private bool HasRunning => !_model.Layout.Tensors.Any(t => t is { Role: TensorRole.BnStatistic, Placement: TensorPlacement.Personal });

    // A result lacks what only training needs.
    private bool HasMixing => plan.Normalization.Training != NormalizationTraining.Hybrid || _model.Layout.Tensors.Where(t => !t.IsForInference).All(t => checkpoint.Any(c => c.Name == t.Name));

    /// <summary>All of it.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is not a whole model of the plan, or there are too few samples.</exception>
    public InspectionDocument Run(string file, CancellationToken cancellationToken)
    {
        var document = new InspectionDocument { Plan = plan.Hash, Checkpoint = file, TrainSamples = _train.Count, TestSamples = _test.Count };
        if (_model.Layout.NormalizationLayers.Count == 0)
            return document;
        if (_model.Layout.Tensors.FirstOrDefault(t => t is { Placement: TensorPlacement.Personal, Role: TensorRole.Weight or TensorRole.BnAffine }) is { } personal)
            throw new InvalidDataException($"{file}: {personal.Name} is personal: it never leaves its client, so no checkpoint of this job is a whole model that could be evaluated here");
        if (_train.Count < 2 || _test.Count < 2)
            throw new InvalidDataException($"{_train.Count} training and {_test.Count} test samples: an inspection needs two of each; is --data the job's data, and --max-samples at least 2?");

        Restore();
        List<InspectedRow> rows = HasRunning ? [new InspectedRow(InspectedStatistics.Running, Evaluate(_test, cancellationToken))] : [];
        var modes = HasRunning && HasMixing ? Modes(cancellationToken) : null;
        var running = Now();
        Pool(_train, cancellationToken);
        var layers = HasRunning ? Distances(running) : [];
        rows.Add(new InspectedRow(InspectedStatistics.PrecisePooled, Evaluate(_test, cancellationToken)));
        var shared = shards.Select(shard => Evaluate(shard.Test, cancellationToken)).ToList();
        Gather(shards.SelectMany(shard => Batches(shard.Train, _batchSize)), EvaluationStatistics.MiniBatch, _model.Layout.NormalizationLayers, cancellationToken);
        rows.Add(new InspectedRow(InspectedStatistics.PreciseBatch, Evaluate(_test, cancellationToken), _batchSize));
        rows.AddRange(s_batchSizes.Append(_batchSize).Distinct().Order().Select(size => new InspectedRow(InspectedStatistics.MiniBatch, ByMiniBatch(Shuffled(), size, cancellationToken), size)));
        rows.Add(new InspectedRow(InspectedStatistics.MiniBatchSorted, ByMiniBatch(Sorted(), _batchSize, cancellationToken), _batchSize));
        var own = shards.Select((shard, i) => Own(shard, shared[i], cancellationToken)).ToList();
        rows.Add(new InspectedRow(InspectedStatistics.PerClient, own.Select(c => c.Own).Aggregate((a, b) => a.Plus(b))));
        document = document with { Rows = rows, Layers = layers, Clients = own, Modes = modes };
        return document with { Findings = InspectionFindings.Of(document, plan.Normalization, LabelSkew()) };
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private void Restore() => _model.LoadShared(TensorFile.WithTrainingTensors(_model.Layout, checkpoint));

    private SampleSums Evaluate(Samples samples, CancellationToken cancellationToken) =>
        Sums(Evaluation.Run(_model.Network, samples, MiniBatches.Split(Order(samples), Evaluation.BatchSize), plan.Training.Precision, cancellationToken));

    private SampleSums ByMiniBatch(int[] order, int size, CancellationToken cancellationToken)
    {
        using var normalizing = _model.Evaluating(EvaluationStatistics.MiniBatch);
        return Sums(Evaluation.Run(_model.Network, _test, MiniBatches.Split(order, size), plan.Training.Precision, cancellationToken));
    }

    // Forwards in training mode may move statistics: the checkpoint is loaded again.
    private InspectedModes Modes(CancellationToken cancellationToken)
    {
        var (training, evaluation) = (default(Score), default(Score));
        foreach (var shard in shards.Where(s => s.Train.Count > 1))
        {
            evaluation += Evaluation.Run(_model.Network, shard.Train, MiniBatches.Split(Order(shard.Train), plan.Training.BatchSize), plan.Training.Precision, cancellationToken);
            _model.BeginRound();
            _model.Network.train();
            training += Evaluation.Forward(_model.Network, shard.Train, MiniBatches.Split(Order(shard.Train), plan.Training.BatchSize), plan.Training.Precision, cancellationToken);
            Restore();
            _model.BeginRound();
        }
        return new InspectedModes(Sums(training), Sums(evaluation));
    }

    private InspectedClient Own(InspectedShard shard, SampleSums shared, CancellationToken cancellationToken)
    {
        if (shard.Train.Count == 0)
            return new InspectedClient(shard.Client, shared, shared);
        Pool(shard.Train, cancellationToken);
        return new InspectedClient(shard.Client, shared, Evaluate(shard.Test, cancellationToken));
    }

    // Layer by layer, each on the statistics of those before it.
    private void Pool(Samples samples, CancellationToken cancellationToken)
    {
        foreach (var layer in _model.Layout.NormalizationLayers)
            Gather(Batches(samples, Evaluation.BatchSize), EvaluationStatistics.Running, [layer], cancellationToken);
    }

    private void Gather(IEnumerable<(Samples Of, ReadOnlyMemory<int> Indices)> batches, EvaluationStatistics normalizing, IReadOnlyList<string> layers, CancellationToken cancellationToken)
    {
        InputMoments.Gather(_model, layers, normalizing, Images(batches.Where(b => b.Indices.Length > 1 || normalizing == EvaluationStatistics.Running)), cancellationToken);
        foreach (var (name, layer) in _model.Layout.NormalizationLayers.Zip(_model.BatchNorms).Where(l => layers.Contains(l.First, StringComparer.Ordinal)))
        {
            RunningStatistics.Move(layer.running_mean, layer.Round.Moments.Mean, 1);
            RunningStatistics.Move(layer.running_var, layer.Round.Moments.Variance(), 1);
        }
    }

    private IEnumerable<TorchSharp.torch.Tensor> Images(IEnumerable<(Samples Of, ReadOnlyMemory<int> Indices)> batches)
    {
        foreach (var (samples, indices) in batches)
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            yield return Batch.Of(samples, indices.Span, plan.Training.Precision, _model.Network.Device).Images;
        }
    }

    private List<MergedLayer> Now() => [.. _model.BatchNorms.Select(layer => new MergedLayer(TensorContent.Doubles(layer.running_mean), TensorContent.Doubles(layer.running_var), null, null))];

    private List<InspectedLayer> Distances(List<MergedLayer> running) => [.. _model.Layout.NormalizationLayers.Zip(running, Now()).Select(l =>
        new InspectedLayer(l.First, BnDrift.Of(new LayerMoments(1, l.Second.Mean, l.Second.Variance, null, null), l.Third)))];

    private static IEnumerable<(Samples Of, ReadOnlyMemory<int> Indices)> Batches(Samples samples, int size) => MiniBatches.Split(Order(samples), size).Select(indices => (samples, indices));

    private static int[] Order(Samples samples) => [.. Enumerable.Range(0, samples.Count)];

    private int[] Shuffled() => new Draws(plan.Seed, "inspection").Permutation(_test.Count);

    private int[] Sorted() => [.. Order(_test).OrderBy(i => _test.Labels[i])];

    /// <summary>How much the clients' shares of classes differ from those of all: total variation distance, mean over test samples; 0: alike.</summary>
    private double LabelSkew()
    {
        double[] Shares(Samples samples) => [.. Enumerable.Range(0, plan.Model.Classes).Select(c => samples.Labels.Count((ushort)c) / (double)Math.Max(samples.Count, 1))];
        var all = Shares(_test);
        return shards.Sum(s => s.Test.Count * Shares(s.Test).Zip(all, (own, of) => Math.Abs(own - of)).Sum() / 2) / _test.Count;
    }

    private static SampleSums Sums(Score score) => new(score.Samples, score.LossSum, score.Correct);
}
