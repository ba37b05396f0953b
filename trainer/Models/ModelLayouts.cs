using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Normalization;
using FedOperator.Trainer.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Models;

/// <summary>model.json of a network: each tensor's role by the TYPE of the module that owns it, its placement by the plan's personalization and `normalization.scope`.</summary>
public static class ModelLayouts
{
    /// <summary>Describes every tensor of a module.</summary>
    /// <param name="module">The network; with personalization a <see cref="Network"/>, whose units say what stays home.</param>
    /// <param name="plan">For its personalization and scope.</param>
    /// <exception cref="ArgumentException">`personalization.blocks` is more than the network has units.</exception>
    public static ModelLayout Describe(nn.Module module, Plan plan)
    {
        var personal = PersonalUnits(module, plan.Personalization);
        var tensors = ModuleTree.Tensors(module).Select(t => Entry(t.Name, t.Tensor, t.Path, t.Owner, personal, plan.Normalization.Scope)).ToList();
        var layers = ModuleTree.Walk(module).Where(m => IsBatchNorm(m.Module)).Select(m => m.Path).ToList();
        return new ModelLayout(tensors, layers);
    }

    private static TensorEntry Entry(string name, Tensor tensor, string path, nn.Module owner, IReadOnlyList<Unit> personal, NormalizationScope scope)
    {
        var (role, statistic) = IsBatchNorm(owner) ? BatchNormRole(owner, tensor, name) : (tensor.is_integral() ? TensorRole.Counter : TensorRole.Weight, null);
        var placement = personal.Any(unit => unit.Owns(path)) || (IsBatchNorm(owner) && Stays(role, scope)) ? TensorPlacement.Personal : TensorPlacement.Shared;
        bool? trainingOnly = owner is FederatedBatchNorm { mixing: { } mixing } && mixing.Handle == tensor.Handle ? true : null;
        return new TensorEntry(name, tensor.shape, TensorContent.DTypeOf(tensor), role, placement, path, statistic, trainingOnly);
    }

    // Of a BatchNorm layer's tensors, those that stay with their client. What counts the batches behind statistics goes with these.
    private static bool Stays(TensorRole role, NormalizationScope scope) => scope switch
    {
        NormalizationScope.PerClient => true,
        NormalizationScope.StatisticsPerClient => role is TensorRole.BnStatistic or TensorRole.Counter,
        _ => false,
    };

    // The owner's type decides; which of its tensors it is, the owner's own fields.
    private static (TensorRole Role, BnStatistic? Statistic) BatchNormRole(nn.Module owner, Tensor tensor, string name)
    {
        if (tensor.is_integral())
            return (TensorRole.Counter, null);
        if (tensor is Parameter)
            return (TensorRole.BnAffine, null);
        var (mean, variance, gradientMean, gradientProduct) = owner switch
        {
            FederatedBatchNorm federated => (federated.running_mean, federated.running_var, federated.gradient_mean, federated.gradient_product),
            NormBase plain => (plain.running_mean, plain.running_var, null, null),
            _ => default((Tensor?, Tensor?, Tensor?, Tensor?)),
        };
        return (TensorRole.BnStatistic, tensor.Handle switch
        {
            var handle when handle == mean?.Handle => BnStatistic.Mean,
            var handle when handle == variance?.Handle => BnStatistic.Variance,
            var handle when handle == gradientMean?.Handle => BnStatistic.GradientMean,
            var handle when handle == gradientProduct?.Handle => BnStatistic.GradientProduct,
            _ => throw new ArgumentException($"{name}: a BatchNorm buffer of unknown meaning", nameof(tensor)),
        });
    }

    private static bool IsBatchNorm(nn.Module module) => module is FederatedBatchNorm or BatchNorm;

    private static IReadOnlyList<Unit> PersonalUnits(nn.Module module, PersonalizationSpec personalization)
    {
        if (personalization.Method == PersonalizationMethod.None)
            return [];
        var units = (module as Network)?.Units ?? [];
        if (personalization.Blocks > units.Count)
            throw new ArgumentException($"personalization.blocks is {personalization.Blocks}, but the network has {units.Count} units", nameof(personalization));
        return [.. units.Take(personalization.PersonalUnits(units.Count))];
    }
}
