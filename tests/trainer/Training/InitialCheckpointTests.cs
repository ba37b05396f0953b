using System.Runtime.InteropServices;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;
using Architecture = FedOperator.Core.Api.Architecture;

namespace FedOperator.Trainer.Tests.Training;

/// <summary>What `model.initialCheckpoint` takes from a file, and what it refuses.</summary>
public sealed class InitialCheckpointTests : IDisposable
{
    private static readonly Plan s_plan = Starting();
    private readonly Folder _folder = new();

    // Another seed's network, whole: what a job's result with nothing personal holds, and `fed export` writes.
    private readonly List<TensorContent> _file = [.. Initialization.Describe(Plans.Small(Architecture.Resnet8) with { Seed = 99 }).Checkpoint.Where(t => !t.Name.Contains("gradient", StringComparison.Ordinal))];

    [Fact]
    public async Task Every_tensor_is_the_files_and_what_only_training_needs_is_as_in_a_fresh_network()
    {
        var model = await LoadAsync(s_plan);
        Assert.Equal(model.Layout.Tensors.Select(t => t.Name), model.Shared.Select(t => t.Name));
        Assert.All(_file, given => Assert.Equal(given.Bytes.ToArray(), model.Shared.Single(t => t.Name == given.Name).Bytes.ToArray()));
        Assert.All(model.Shared.Where(t => t.Name.Contains("gradient", StringComparison.Ordinal)), t => Assert.All(Close.Values(t), value => Assert.Equal(0, value)));
        Assert.NotEqual(Initialization.Describe(s_plan).Checkpoint.Single(t => t.Name == "fc.weight").Bytes.ToArray(), model.Shared.Single(t => t.Name == "fc.weight").Bytes.ToArray());
    }

    [Fact]
    public async Task Counters_may_be_missing()
    {
        _file.RemoveAll(t => t.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        var model = await LoadAsync(s_plan);
        Assert.Equal(0, Close.Values(model.Shared.Single(t => t.Name == "layer1.0.bn1.num_batches_tracked"))[0]);
    }

    [Fact]
    public async Task Personal_tensors_are_the_files_too_and_not_in_checkpoint_zero()
    {
        var model = await LoadAsync(s_plan with { Personalization = new PersonalizationSpec { Method = PersonalizationMethod.FedPer, Blocks = 1 } });
        Assert.Equal(["fc.weight", "fc.bias"], model.Personal!.Select(t => t.Name));
        Assert.DoesNotContain(model.Shared, t => t.Name.StartsWith("fc.", StringComparison.Ordinal));
        Assert.All(model.Personal!, t => Assert.Equal(_file.Single(g => g.Name == t.Name).Bytes.ToArray(), t.Bytes.ToArray()));
    }

    [Theory]
    [InlineData(Precision.Float32, DType.F64)]
    [InlineData(Precision.Float32, DType.BF16)]
    [InlineData(Precision.Float32, DType.F16)]
    [InlineData(Precision.Float64, DType.F32)]
    public async Task Floating_point_types_are_converted_to_the_precision_and_counters_are_not(Precision precision, DType type)
    {
        Replace("fc.bias", t => new TensorContent(t.Name, type, t.Shape, Bytes(type, [0.5, -2, 1, 0.25, 3])));
        var model = await LoadAsync(s_plan with { Training = s_plan.Training with { Precision = precision } });
        var bias = model.Shared.Single(t => t.Name == "fc.bias");
        Assert.Equal(precision == Precision.Float64 ? DType.F64 : DType.F32, bias.DType);
        Assert.Equal([0.5, -2, 1, 0.25, 3], Close.Values(bias));
        Assert.Equal(DType.I64, model.Shared.Single(t => t.Name == "bn1.num_batches_tracked").DType);
    }

    [Fact]
    public async Task Modules_to_reinitialize_are_drawn_from_the_seed_whatever_the_file_has_for_them()
    {
        Replace("fc.weight", t => t with { Shape = [4, 40], Bytes = new byte[4 * 4 * 40] });
        _file.RemoveAll(t => t.Name is "fc.bias" or "layer2.0.conv1.weight");
        _file.Add(new TensorContent("fc.scale", DType.U8, [1], new byte[1]));
        var model = await LoadAsync(Starting("fc", "layer2"));
        var drawn = Initialization.Describe(s_plan).Checkpoint.ToDictionary(t => t.Name, StringComparer.Ordinal);
        Assert.All(model.Shared.Where(t => t.Name.StartsWith("fc.", StringComparison.Ordinal) || t.Name.StartsWith("layer2.", StringComparison.Ordinal)), t => Assert.Equal(drawn[t.Name].Bytes.ToArray(), t.Bytes.ToArray()));
        Assert.Equal(_file.Single(t => t.Name == "layer3.0.conv1.weight").Bytes.ToArray(), model.Shared.Single(t => t.Name == "layer3.0.conv1.weight").Bytes.ToArray());
    }

    [Fact]
    public async Task Another_shape_is_refused_with_both_and_the_fix()
    {
        Replace("conv1.weight", t => t with { Shape = [8, 1, 7, 7], Bytes = new byte[4 * 8 * 49] });
        Assert.Contains("conv1.weight is [8, 1, 7, 7], and the network's is [8, 1, 3, 3]: add conv1 to model.initialCheckpoint.reinitialize", await RefusalAsync(s_plan), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_tensor_is_refused_with_the_fix()
    {
        _file.RemoveAll(t => t.Name == "fc.bias");
        Assert.Contains("fc.bias is missing: add fc to model.initialCheckpoint.reinitialize", await RefusalAsync(s_plan), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_tensor_is_refused()
    {
        _file.Add(new TensorContent("layer9.weight", DType.F32, [1], new byte[4]));
        Assert.Contains("'layer9.weight' is not in the network", await RefusalAsync(s_plan), StringComparison.Ordinal);
        Assert.Contains("'layer9.weight' is not in the network", await RefusalAsync(Starting("fc")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_architecture_is_refused_in_a_few_words()
    {
        var refusal = await RefusalAsync(s_plan with { Model = s_plan.Model with { Architecture = Architecture.Cnn } });
        Assert.Contains("conv2.weight is missing", refusal, StringComparison.Ordinal);
        Assert.Matches("; and [0-9]+ more$", refusal);
    }

    [Fact]
    public async Task A_module_that_the_network_lacks_is_refused() =>
        Assert.Equal("model.initialCheckpoint.reinitialize: 'layer4' is not a module of the network; it has conv1, bn1, layer1, layer2, layer3, fc, and what is below them", await RefusalAsync(Starting("fc", "layer4")));

    [Theory]
    [InlineData("fc.bias", DType.F32, double.NaN, "holds NaN, infinity")]
    [InlineData("fc.bias", DType.F64, 1e300, "or a number too large for F32")]
    [InlineData("bn1.running_var", DType.F32, -1, "holds a negative variance")]
    [InlineData("fc.bias", DType.I64, 1, "fc.bias has type I64, and the network's F32")]
    [InlineData("bn1.num_batches_tracked", DType.F32, 1, "bn1.num_batches_tracked has type F32, and the network's I64")]
    public async Task Values_that_no_training_bears_are_refused(string name, DType type, double value, string wrong)
    {
        Replace(name, t => new TensorContent(name, type, t.Shape, Bytes(type, [.. Enumerable.Repeat(value, (int)TensorHeader.Elements(t.Shape))])));
        Assert.Contains(wrong, await RefusalAsync(s_plan), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clients_whole_model_is_refused_until_what_never_left_it_is_drawn_anew()
    {
        await LoadAsync(s_plan);
        var bytes = await File.ReadAllBytesAsync(_folder["start.safetensors"]);
        var tensors = SafetensorsContent.Parse("start", bytes);
        var origin = new Dictionary<string, string>(StringComparer.Ordinal) { [WholeModel.Client] = "hospital", [WholeModel.PersonalModules] = "layer3.0.bn1,fc" };
        await File.WriteAllBytesAsync(_folder["hospital.safetensors"], [.. SafetensorsWriter.Header([.. tensors.Select(t => new TensorHeader(t.Entry.Name, t.Entry.DType, t.Entry.Shape))], origin), .. tensors.SelectMany(t => t.Data.ToArray())]);

        // With any personalization, none too: all clients read what the model is before round 1.
        foreach (var plan in new[] { s_plan, Starting("fc"), Starting("layer3"), s_plan with { Personalization = new PersonalizationSpec { Method = PersonalizationMethod.FedPer, Blocks = 2 } } })
        {
            var error = await Assert.ThrowsAsync<InvalidDataException>(() => InitialCheckpoint.LoadAsync(plan, _folder["hospital.safetensors"], CancellationToken.None));
            Assert.Contains("is the whole model of client 'hospital', and ", error.Message, StringComparison.Ordinal);
            Assert.Contains("Add them to model.initialCheckpoint.reinitialize", error.Message, StringComparison.Ordinal);
        }
        await InitialCheckpoint.LoadAsync(Starting("layer3", "fc"), _folder["hospital.safetensors"], CancellationToken.None);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_refused_with_its_field()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => InitialCheckpoint.LoadAsync(s_plan, _folder["nothing.safetensors"], CancellationToken.None));
        Assert.StartsWith("model.initialCheckpoint.path: " + _folder["nothing.safetensors"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clients_personal_tensors_start_from_those_of_the_file()
    {
        var plan = s_plan with { Personalization = new PersonalizationSpec { Method = PersonalizationMethod.FedPer, Blocks = 1 } };
        using var trainer = new LocalTrainer(plan, "a", Plans.Data(plan, "a", 20));
        List<TensorContent> initial = [.. _file.Where(t => t.Name.StartsWith("fc.", StringComparison.Ordinal))];
        Assert.NotEqual(initial[0].Bytes.ToArray(), trainer.PersonalState()[0].Bytes.ToArray());
        trainer.StartPersonalFrom(initial);
        trainer.LoadCheckpoint(Initialization.Describe(plan).Checkpoint);
        trainer.LoadPersonalState([]);
        Assert.Equal(initial.Select(t => t.Bytes.ToArray()), trainer.PersonalState().Select(t => t.Bytes.ToArray()));

        // A state of the client's own goes before it, and none leads back to it.
        trainer.Train(1, 0.1, null, CancellationToken.None);
        var own = trainer.PersonalState();
        Assert.NotEqual(initial[0].Bytes.ToArray(), own[0].Bytes.ToArray());
        trainer.LoadPersonalState([]);
        Assert.Equal(initial[0].Bytes.ToArray(), trainer.PersonalState()[0].Bytes.ToArray());
        trainer.LoadPersonalState(own);
        Assert.Equal(own[0].Bytes.ToArray(), trainer.PersonalState()[0].Bytes.ToArray());
        Assert.Throws<InvalidDataException>(() => trainer.StartPersonalFrom(initial.Take(1)));
    }

    public void Dispose() => _folder.Dispose();

    private static Plan Starting(params string[] reinitialize)
    {
        var plan = Plans.Small(Architecture.Resnet8);
        return plan with { Model = plan.Model with { InitialCheckpoint = new InitialCheckpointSpec { Path = "start.safetensors", Reinitialize = reinitialize } } };
    }

    private async Task<InitialModel> LoadAsync(Plan plan)
    {
        await _folder.WriteAsync("start.safetensors", _file);
        return await InitialCheckpoint.LoadAsync(plan, _folder["start.safetensors"], CancellationToken.None);
    }

    private async Task<string> RefusalAsync(Plan plan) => (await Assert.ThrowsAsync<InvalidDataException>(() => LoadAsync(plan))).Message;

    private void Replace(string name, Func<TensorContent, TensorContent> change)
    {
        var i = _file.FindIndex(t => t.Name == name);
        _file[i] = change(_file[i]);
    }

    private static byte[] Bytes(DType type, double[] values) => type switch
    {
        DType.F64 => MemoryMarshal.AsBytes(values.AsSpan()).ToArray(),
        DType.F32 => MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (float)v).AsSpan()).ToArray(),
        DType.F16 => MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (Half)v).AsSpan()).ToArray(),
        DType.BF16 => MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (ushort)(BitConverter.SingleToUInt32Bits((float)v) >> 16)).AsSpan()).ToArray(),
        _ => MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (long)v).AsSpan()).ToArray(),
    };
}
