using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class TensorTests
{
    [Fact]
    public void Errors_of_libtorch_are_exceptions_with_its_message()
    {
        using var scope = NewDisposeScope();
        var e = Assert.Throws<ExternalException>(() => ones(2, 3).mm(ones(2, 3)));
        Assert.Contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", e.Message, StringComparison.Ordinal);
        Assert.Contains("does not require grad", Assert.Throws<ExternalException>(() => ones(2).sum().backward()).Message, StringComparison.Ordinal);
        Assert.Contains("out of range", Assert.Throws<ExternalException>(() => ones(2)[7]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_tensor_refuses_and_disposes_again()
    {
        var t = ones(2);
        t.Dispose();
        t.Dispose();
        Assert.True(t.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => t + 1);
        Assert.Throws<InvalidOperationException>(() => t.shape);
    }

    [Fact]
    public void Types_and_shapes_come_from_the_values()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Float32, tensor(new[] { 1f }).dtype);
        Assert.Equal(ScalarType.Int64, tensor(new[] { 1L }).dtype);
        Assert.Equal(ScalarType.Byte, tensor(new byte[] { 1 }).dtype);
        Assert.Equal(ScalarType.Bool, tensor(new[] { true }).dtype);
        Assert.Equal(ScalarType.Float16, tensor(new[] { (Half)1 }).dtype);
        Assert.Equal(ScalarType.BFloat16, tensor(new[] { 1.5f }, dtype: bfloat16).dtype);
        Assert.Equal([2L, 3], tensor(new[,] { { 1f, 2, 3 }, { 4, 5, 6 } }).shape);
        Assert.Equal([2L, 2], tensor(new double[] { 1, 2, 3, 4 }, [2, 2]).shape);
        Assert.Equal(6, from_array(new[] { 1, 2, 3 }).sum().item<long>());
        Assert.Equal(0, zeros(3, 4, 5, 6).Dimensions - 4);
        Assert.Equal(2.5, tensor(2.5).item<double>());
        Assert.Equal(0, empty([0, 3]).numel());
        Assert.Throws<ArgumentException>(() => tensor(2.5).item<float>());
    }

    [Fact]
    public void Bytes_are_the_tensors_own()
    {
        using var scope = NewDisposeScope();
        var t = zeros(2);
        MemoryMarshal.Cast<byte, float>(t.bytes)[1] = 3f;
        Assert.Equal([0f, 3f], t.data<float>().ToArray());
        t.bytes = MemoryMarshal.AsBytes<float>([5f, 6f]).ToArray();
        Assert.Equal(11f, t.sum().item<float>());
        Assert.Throws<ArgumentException>(() => t.bytes = new byte[3]);
        Assert.Throws<InvalidOperationException>(() => ones(2, 3).t().bytes.Length);
    }

    [Fact]
    public void Elements_of_a_view_are_read_in_its_own_order()
    {
        using var scope = NewDisposeScope();
        var t = arange(6, float32).reshape(2, 3).t();
        Assert.Equal([0f, 3, 1, 4, 2, 5], t.data<float>().ToArray());
        Assert.Equal(4f, t.data<float>()[1, 1]);
        Assert.Equal(4f, t.ReadCpuSingle(3));
        Assert.Equal([1L, 3], t.stride());
        Assert.False(t.is_contiguous());
    }

    [Fact]
    public void A_buffer_shares_the_arrays_memory()
    {
        using var scope = NewDisposeScope();
        var array = new float[] { 1, 2, 3, 4 };
        var t = frombuffer(array, float32, count: 2, offset: 1);
        t.mul_(10);
        Assert.Equal([1f, 20, 30, 4], array);
        Assert.Throws<ArgumentOutOfRangeException>(() => frombuffer(array, float32, count: 9));
    }

    [Fact]
    public void Channels_last_comes_from_strides()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (x, w) = (randn(2, 3, 8, 8), randn(4, 3, 3, 3));
        static Tensor Last(Tensor t) => t.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        var y = nn.functional.conv2d(Last(x), Last(w));
        Assert.Equal(1, y.stride(1));
        Assert.True(y.allclose(nn.functional.conv2d(x, w), 1e-4, 1e-5));
    }

    [Fact]
    public void Devices_are_parsed_and_compared()
    {
        Assert.Equal("cuda:1", device("cuda:1").ToString());
        Assert.Equal(DeviceType.CPU, ones(1).device.type);
        Assert.Equal(0, cuda.is_available() ? 0 : cuda.device_count());
        Assert.Throws<ArgumentException>(() => device("abacus"));
    }
}
