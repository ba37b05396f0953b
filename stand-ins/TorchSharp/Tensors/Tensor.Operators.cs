namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>Sum.</summary>
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        /// <summary>Sum.</summary>
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        /// <summary>Sum.</summary>
        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        /// <summary>Sum.</summary>
        public static Tensor operator +(Tensor left, int right) => left.add(right);

        /// <summary>Sum.</summary>
        public static Tensor operator +(int left, Tensor right) => right.add(left);

        /// <summary>Sum.</summary>
        public static Tensor operator +(Tensor left, long right) => left.add(right);

        /// <summary>Sum.</summary>
        public static Tensor operator +(long left, Tensor right) => right.add(left);

        /// <summary>Sum.</summary>
        public static Tensor operator +(Tensor left, float right) => left.add(right);

        /// <summary>Sum.</summary>
        public static Tensor operator +(float left, Tensor right) => right.add(left);

        /// <summary>Sum.</summary>
        public static Tensor operator +(Tensor left, double right) => left.add(right);

        /// <summary>Sum.</summary>
        public static Tensor operator +(double left, Tensor right) => right.add(left);

        /// <summary>Product.</summary>
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        /// <summary>Product.</summary>
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        /// <summary>Product.</summary>
        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        /// <summary>Product.</summary>
        public static Tensor operator *(Tensor left, int right) => left.mul(right);

        /// <summary>Product.</summary>
        public static Tensor operator *(int left, Tensor right) => right.mul(left);

        /// <summary>Product.</summary>
        public static Tensor operator *(Tensor left, long right) => left.mul(right);

        /// <summary>Product.</summary>
        public static Tensor operator *(long left, Tensor right) => right.mul(left);

        /// <summary>Product.</summary>
        public static Tensor operator *(Tensor left, float right) => left.mul(right);

        /// <summary>Product.</summary>
        public static Tensor operator *(float left, Tensor right) => right.mul(left);

        /// <summary>Product.</summary>
        public static Tensor operator *(Tensor left, double right) => left.mul(right);

        /// <summary>Product.</summary>
        public static Tensor operator *(double left, Tensor right) => right.mul(left);

        /// <summary>Difference.</summary>
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        /// <summary>Difference.</summary>
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        /// <summary>Difference.</summary>
        public static Tensor operator -(Scalar left, Tensor right) => right.negative().add(left);

        /// <summary>Difference.</summary>
        public static Tensor operator -(Tensor left, int right) => left.sub(right);

        /// <summary>Difference.</summary>
        public static Tensor operator -(int left, Tensor right) => right.negative().add(left);

        /// <summary>Difference.</summary>
        public static Tensor operator -(Tensor left, long right) => left.sub(right);

        /// <summary>Difference.</summary>
        public static Tensor operator -(long left, Tensor right) => right.negative().add(left);

        /// <summary>Difference.</summary>
        public static Tensor operator -(Tensor left, float right) => left.sub(right);

        /// <summary>Difference.</summary>
        public static Tensor operator -(float left, Tensor right) => right.negative().add(left);

        /// <summary>Difference.</summary>
        public static Tensor operator -(Tensor left, double right) => left.sub(right);

        /// <summary>Difference.</summary>
        public static Tensor operator -(double left, Tensor right) => right.negative().add(left);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(Scalar left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(Tensor left, int right) => left.div(right);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(int left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(Tensor left, long right) => left.div(right);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(long left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(Tensor left, float right) => left.div(right);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(float left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(Tensor left, double right) => left.div(right);

        /// <summary>Quotient.</summary>
        public static Tensor operator /(double left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>Remainder.</summary>
        public static Tensor operator %(Tensor left, Tensor right) => left.remainder(right);

        /// <summary>Remainder.</summary>
        public static Tensor operator %(Tensor left, Scalar right) => left.remainder(right);

        /// <summary>Bits of both.</summary>
        public static Tensor operator &(Tensor left, Tensor right) => left.bitwise_and(right);

        /// <summary>Bits of either.</summary>
        public static Tensor operator |(Tensor left, Tensor right) => left.bitwise_or(right);

        /// <summary>Bits of one.</summary>
        public static Tensor operator ^(Tensor left, Tensor right) => left.bitwise_xor(right);

        /// <summary>Bits inverted.</summary>
        public static Tensor operator ~(Tensor left) => left.bitwise_not();
    }
}
