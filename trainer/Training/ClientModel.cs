using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Models;
using FedOperator.Trainer.Normalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Training;

/// <summary>A client's network, tensor by tensor as model.json describes it: shared and personal tensors in, updates and personal state out.</summary>
internal sealed class ClientModel : IDisposable
{
    private readonly Plan _plan;
    private readonly Dictionary<string, Tensor> _tensors;
    private readonly Dictionary<string, FederatedBatchNorm> _batchNorms;
    private IReadOnlyList<TensorContent> _initial;
    private bool _frozen;
    private Range _trained = ..;

    /// <summary>The network of before round 1, the same on every device.</summary>
    /// <param name="plan">The job's.</param>
    /// <param name="device">Where it computes; null: on the processor.</param>
    public ClientModel(Plan plan, Device? device = null)
    {
        _plan = plan;
        Network = Initialization.Create(plan);
        if (device is not null)
            Network.MoveTo(device);
        Layout = ModelLayouts.Describe(Network, plan);
        _tensors = ModuleTree.Tensors(Network).ToDictionary(t => t.Name, t => t.Tensor, StringComparer.Ordinal);
        _batchNorms = ModuleTree.Walk(Network).Where(m => m.Module is FederatedBatchNorm).ToDictionary(m => m.Path, m => (FederatedBatchNorm)m.Module, StringComparer.Ordinal);
        BatchNorms = [.. Layout.NormalizationLayers.Select(layer => _batchNorms[layer])];
        PersonalStatistics = new PersonalStatistics(plan, this);
        _initial = Personal();
    }

    public Network Network { get; }

    public ModelLayout Layout { get; }

    /// <summary>In the order of the forward pass.</summary>
    public IReadOnlyList<FederatedBatchNorm> BatchNorms { get; }

    /// <summary>A BatchNorm layer of the layout.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public FederatedBatchNorm BatchNorm(string path) =>
        _batchNorms.GetValueOrDefault(path) ?? throw new ArgumentException($"{path}: not a BatchNorm layer of this model", nameof(path));

    /// <summary>Running statistics that stay with this client.</summary>
    public PersonalStatistics PersonalStatistics { get; }

    public bool HasPersonalTensors => _initial.Count > 0;

    /// <summary>Whether statistics are constants in training.</summary>
    public bool Frozen
    {
        get => _frozen;
        set
        {
            _frozen = value;
            Train(_trained);
        }
    }

    /// <summary>Has training forwards train some units only, from now on. The others stand still: their statistics are constants, as frozen ones are, and their parameters get no gradients, so that the optimizer and clipping pass over them.</summary>
    /// <param name="units">Positions in the order of the forward pass; `..` for all.</param>
    public void Train(Range units)
    {
        _trained = units;
        var trained = Network.Units.Take(units).ToList();
        bool IsTrained(string path) => units.Equals(Range.All) || trained.Exists(unit => unit.Owns(path));
        foreach (var (_, tensor, path, _) in ModuleTree.Tensors(Network).Where(t => t.Tensor is Parameter))
            tensor.requires_grad = IsTrained(path);
        foreach (var (path, layer) in _batchNorms)
            layer.Frozen = _frozen || !IsTrained(path);
    }

    /// <summary>Logits in training. What stands still before the first trained unit runs without a gradient: nothing needs it.</summary>
    /// <param name="x">(N, C, H, W) normalized images.</param>
    public Tensor Forward(Tensor x)
    {
        var first = _trained.GetOffsetAndLength(Network.Units.Count).Offset;
        if (first == 0)
            return Network.call(x);
        Tensor features;
        using (no_grad())
            features = Network.Forward(x, ..first);
        return Network.Forward(features, first..);
    }

    /// <summary>Whether moments are gathered before the first step of a phase, at its base.</summary>
    public bool GathersAtBase => BatchNorms.Any(layer => !layer.Frozen) && _plan.Normalization is { Moments: MomentsAt.AtBase, Training: NormalizationTraining.Federated or NormalizationTraining.Hybrid };

    public bool HasGradientStatistics => BatchNorms.Any(layer => layer.gradient_mean is not null && !layer.Frozen);

    public void LoadShared(IEnumerable<TensorContent> checkpoint)
    {
        var missing = Layout.Tensors.Where(t => t.Placement == TensorPlacement.Shared).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var content in checkpoint)
        {
            if (!missing.Remove(content.Name))
                throw new InvalidDataException($"{content.Name}: not a shared tensor of this model, or twice in the checkpoint");
            content.CopyTo(_tensors[content.Name]);
        }
        if (missing.Count > 0)
            throw new InvalidDataException($"{missing.Min(StringComparer.Ordinal)}: missing in the checkpoint");
    }

    /// <summary>Takes what the personal tensors are before round 1, where they are not drawn from the seed.</summary>
    public void StartPersonalFrom(IReadOnlyList<TensorContent> initial)
    {
        var names = _initial.Select(t => t.Name).ToList();
        if (!names.Order(StringComparer.Ordinal).SequenceEqual(initial.Select(t => t.Name).Order(StringComparer.Ordinal), StringComparer.Ordinal))
            throw new InvalidDataException($"the initial personal tensors are {string.Join(", ", initial.Select(t => t.Name))}, and the model's are {string.Join(", ", names)}");
        foreach (var content in initial)
            content.CopyTo(_tensors[content.Name]);
        _initial = initial;
    }

    /// <summary>An empty state stands for the one of before round 1.</summary>
    public void LoadPersonal(IReadOnlyDictionary<string, TensorContent> state)
    {
        PersonalStatistics.AreSet = state.Count > 0;
        foreach (var initial in _initial)
        {
            var content = state.Count == 0 ? initial : state.GetValueOrDefault(initial.Name);
            (content ?? throw new InvalidDataException($"{initial.Name}: missing in the personal state, which another version of the trainer may have written: go on with that version, or start a new job")).CopyTo(_tensors[initial.Name]);
        }
    }

    /// <summary>Has the personal tensors of before round 1, until disposed: what a client has that joins now.</summary>
    public IDisposable AsBeforeRound1()
    {
        var own = new OwnTensors(this, Personal(), PersonalStatistics.AreSet);
        LoadPersonal(new Dictionary<string, TensorContent>(StringComparer.Ordinal));
        return own;
    }

    public IReadOnlyList<TensorContent> Personal() =>
        [.. Layout.Tensors.Where(t => t.Placement == TensorPlacement.Personal).Select(t => TensorContent.Of(t.Name, _tensors[t.Name]))];

    /// <summary>With `exact`: who the shared layers pool their statistics with; null: nobody any more. Personal ones keep to themselves.</summary>
    public void Join(StatisticsPool? pool)
    {
        foreach (var path in Layout.NormalizationLayers.Except(PersonalStatistics.Layers, StringComparer.Ordinal))
            _batchNorms[path].Join(pool, path);
    }

    public void BeginRound()
    {
        foreach (var layer in BatchNorms)
            layer.Round.Begin();
    }

    public void Enter(RoundPhase phase)
    {
        foreach (var layer in BatchNorms)
            layer.Round.Phase = phase;
    }

    public IEnumerable<TensorContent> TrainUpdate()
    {
        foreach (var entry in Layout.Tensors)
            if (entry.Placement == TensorPlacement.Shared && entry.Role != TensorRole.BnStatistic)
                yield return TensorContent.Of(entry.Name, _tensors[entry.Name]);
        if (Frozen)
            yield break;
        foreach (var path in Layout.NormalizationLayers.Except(PersonalStatistics.Layers, StringComparer.Ordinal))
        {
            var layer = _batchNorms[path];
            foreach (var content in InputMoments.Contents(path, layer.Round.Upload()))
                yield return content;
            if (layer.gradient_mean is null)
                continue;
            yield return TensorContent.Of(UpdateLayout.GradientMean(path), layer.Round.GradientMean, layer.Channels);
            yield return TensorContent.Of(UpdateLayout.GradientProduct(path), layer.Round.GradientProduct, layer.Channels);
        }
    }

    /// <summary>Has evaluation forwards normalize with other statistics, until disposed.</summary>
    public IDisposable Evaluating(EvaluationStatistics statistics)
    {
        foreach (var layer in BatchNorms)
            layer.Evaluates = statistics;
        return new Restored(BatchNorms);
    }

    public void Dispose() => Network.Dispose();

    private sealed class OwnTensors(ClientModel model, IReadOnlyList<TensorContent> tensors, bool statisticsAreSet) : IDisposable
    {
        public void Dispose()
        {
            model.LoadPersonal(tensors.ToDictionary(t => t.Name, StringComparer.Ordinal));
            model.PersonalStatistics.AreSet = statisticsAreSet;
        }
    }

    private sealed class Restored(IReadOnlyList<FederatedBatchNorm> layers) : IDisposable
    {
        public void Dispose()
        {
            foreach (var layer in layers)
                layer.Evaluates = EvaluationStatistics.Running;
        }
    }
}
