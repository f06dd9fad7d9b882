(* What every certificate rests on: a few definitions that Coq's library of real numbers lacks, and tactics.
   A tactic proves nothing by itself: what it finds is checked by Coq's kernel at every Qed. *)
Require Export Reals Lra Lia Psatz.
Open Scope R_scope.

Definition sgn (r : R) : R := if Rlt_dec 0 r then 1 else if Rlt_dec r 0 then -1 else 0.

Definition either {A B : Prop} (a : {A} + {~ A}) (b : {B} + {~ B}) : {A \/ B} + {~ (A \/ B)}.
Proof. destruct a; [left; left; assumption | destruct b; [left; right; assumption | right; tauto]]. Defined.

Definition both {A B : Prop} (a : {A} + {~ A}) (b : {B} + {~ B}) : {A /\ B} + {~ (A /\ B)}.
Proof. destruct a; [destruct b; [left; tauto | right; tauto] | right; tauto]. Defined.

Definition negated {A : Prop} (a : {A} + {~ A}) : {~ A} + {~ ~ A}.
Proof. destruct a; [right; tauto | left; assumption]. Defined.

(* A root that is written as it should be; [sqrt] is what is still to be simplified. *)
Definition root (r : R) : R := sqrt r.

Lemma root_square : forall r, 0 <= r -> root r * root r = r.
Proof. intros r H. apply sqrt_sqrt, H. Qed.

Lemma root_nonneg : forall r, 0 <= root r.
Proof. intros. apply sqrt_pos. Qed.

Lemma root_positive : forall r, 0 < r -> 0 < root r.
Proof. intros. apply sqrt_lt_R0. assumption. Qed.

Lemma root_times : forall a b, 0 <= a -> root (a * b) = root a * root b.
Proof. intros. apply sqrt_mult_alt. assumption. Qed.

Lemma root_nonzero : forall r, 0 <= r -> r <> 0 -> root r <> 0.
Proof. intros r H N E. apply N. rewrite <- (root_square r H), E. ring. Qed.

(* Squares leave a root; right for negative r too, of which the root is 0. *)
Lemma sqrt_out : forall k r q, 0 <= k -> q = k * k * r -> sqrt q = k * root r.
Proof.
  intros k r q K E. subst q. unfold root. rewrite sqrt_mult_alt by nra. rewrite sqrt_square; [reflexivity | assumption].
Qed.

Lemma sqrt_is : forall k q, 0 <= k -> q = k * k -> sqrt q = k.
Proof. intros k q K E. subst q. apply sqrt_square. assumption. Qed.

Lemma below_one : forall b k, 0 <= b -> b < 1 -> b ^ k <= 1.
Proof. intros b k B C. induction k as [|k IH]; simpl; [lra|]. assert (0 <= b ^ k) by (apply pow_le; lra). nra. Qed.

Lemma faded : forall b k, 0 <= b -> b < 1 -> 0 < 1 - b * b ^ k.
Proof. intros b k B C. pose proof (below_one b k B C). assert (0 <= b ^ k) by (apply pow_le; lra). nra. Qed.

Lemma minus_one : forall k, (-1) ^ k = 1 \/ (-1) ^ k = -1.
Proof. induction k as [|k [IH | IH]]; simpl; [left | right | left]; lra. Qed.

Lemma absolute_square : forall r, Rabs r * Rabs r = r * r.
Proof. intros. unfold Rabs. destruct (Rcase_abs r); ring. Qed.

(* A number between two others, as a positive one. *)
Lemma between : forall l h a, l < a -> a < h -> exists y, 0 < y /\ a = (l + h * y) / (1 + y).
Proof.
  intros l h a L H. exists ((a - l) / (h - a)). split.
  - apply Rdiv_lt_0_compat; lra.
  - field. lra.
Qed.

Lemma between_with_low : forall l h a, l <= a -> a < h -> exists y, 0 <= y /\ a = (l + h * y) / (1 + y).
Proof.
  intros l h a L H. exists ((a - l) / (h - a)). split.
  - apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra].
  - field. lra.
Qed.

Lemma beyond : forall l a, l < a -> exists y, 0 < y /\ a = l + y.
Proof. intros l a L. exists (a - l). split; lra. Qed.

Lemma divided : forall a b, 0 <= a -> 0 < b -> 0 <= a / b.
Proof. intros a b A B. apply Rmult_le_pos; [assumption | left; apply Rinv_0_lt_compat; assumption]. Qed.

Lemma at_most : forall a b d, 0 <= d -> b - a = d -> a <= b.
Proof. intros. lra. Qed.

Lemma square_positive : forall a, a <> 0 -> 0 < a ^ 2.
Proof. intros a A. assert (0 < a * a) by (apply Rsqr_pos_lt; assumption). lra. Qed.

(* ------------------------------------------------------------------------------------------- signs *)
Ltac plainly_nonzero :=
  first [ assumption | lra
        | match goal with H : ?a <> 0 |- ?b <> 0 => let E := fresh in intro E; apply H; lra end ].

Ltac positive :=
  match goal with
  | H : 0 < ?a |- 0 < ?a => exact H
  | |- 0 < ?a * ?b => apply Rmult_lt_0_compat; positive
  | |- 0 < ?a / ?b => apply Rdiv_lt_0_compat; positive
  | |- 0 < / ?a => apply Rinv_0_lt_compat; positive
  | |- 0 < ?a ^ ?k => first [apply pow_lt; positive | apply square_positive; nonzero]
  | |- 0 < sqrt ?a => apply sqrt_lt_R0; positive
  | |- 0 < root ?a => apply root_positive; positive
  | |- 0 < Rabs ?a => apply Rabs_pos_lt; nonzero
  | |- 0 < 1 - ?b * ?b ^ ?k => apply faded; [nonnegative | lra]
  | |- 0 < ?a + ?b =>
      first [ apply Rplus_lt_0_compat; positive
            | apply Rplus_lt_le_0_compat; [positive | nonnegative]
            | apply Rplus_le_lt_0_compat; [nonnegative | positive]
            | lra ]
  | |- 0 < _ => lra
  end
with nonnegative :=
  match goal with
  | H : 0 <= ?a |- 0 <= ?a => exact H
  | H : 0 < ?a |- 0 <= ?a => left; exact H
  | |- 0 <= ?a * ?a => apply Rle_0_sqr
  | |- 0 <= ?a * ?b => apply Rmult_le_pos; nonnegative
  | |- 0 <= ?a / ?b => apply divided; [nonnegative | positive]
  | |- 0 <= / ?a => left; apply Rinv_0_lt_compat; positive
  | |- 0 <= ?a ^ 2 => apply pow2_ge_0
  | |- 0 <= ?a ^ ?k => apply pow_le; nonnegative
  | |- 0 <= sqrt ?a => apply sqrt_pos
  | |- 0 <= root ?a => apply root_nonneg
  | |- 0 <= Rabs ?a => apply Rabs_pos
  | |- 0 <= INR ?n => apply pos_INR
  | |- 0 <= 1 - ?b * ?b ^ ?k => left; apply faded; [nonnegative | lra]
  | |- 0 <= ?a + ?b => first [apply Rplus_le_le_0_compat; nonnegative | lra]
  | |- 0 <= _ => lra
  end
with nonzero :=
  match goal with
  | H : ?a <> 0 |- ?a <> 0 => exact H
  | |- ?a * ?b <> 0 => apply Rmult_integral_contrapositive_currified; nonzero
  | |- ?a / ?b <> 0 => unfold Rdiv; nonzero
  | |- - ?a <> 0 => apply Ropp_neq_0_compat; nonzero
  | |- / ?a <> 0 => apply Rinv_neq_0_compat; nonzero
  | |- ?a ^ ?k <> 0 => apply pow_nonzero; nonzero
  | |- root ?a <> 0 => apply root_nonzero; [nonnegative | nonzero]
  | |- _ => first [ apply Rgt_not_eq; unfold Rgt; positive | apply Rlt_not_eq; lra | same_nonzero ]
  end
(* By a hypothesis that another form of it is not 0. *)
with same_nonzero :=
  match goal with
  | H : ?a <> 0 |- ?b <> 0 =>
      let E := fresh in
      intro E; apply H; first [ lra | transitivity b; [ring | exact E]
        | transitivity (- b); [ring | rewrite E; ring] ]
  | H : ?a <> 0 |- ?b <> 0 =>
      let E := fresh in intro E; apply H; field_simplify_eq; [lra | repeat split; plainly_nonzero]
  end.

Ltac nonzeros := repeat split; nonzero.

(* --------------------------------------------------------------------------------------- equalities *)
Ltac equal := first [ reflexivity | ring | solve [field; nonzeros] | lra ].

Ltac cases :=
  unfold Rabs, Rmax, Rmin, sgn;
  repeat match goal with
  | |- context [if ?d then _ else _] => destruct d
  | H : _ /\ _ |- _ => destruct H
  | H : _ \/ _ |- _ => destruct H
  end;
  try subst.

Ltac normalise :=
  repeat match goal with
  | |- context [?b ^ S ?k] => is_var k; rewrite <- (tech_pow_Rmult b k)
  | |- context [INR (S ?k)] => is_var k; rewrite (S_INR k)
  | |- context [?b ^ 0] => rewrite (pow_O b)
  | |- context [INR 0] => change (INR 0) with 0
  end;
  repeat match goal with
  | |- context [(-1) ^ ?k] =>
      is_var k; let E := fresh in destruct (minus_one k) as [E | E]; rewrite ?E
  end.

(* Conditions stand before the goal, so that what is done to it is done to them; a copy of each is at hand. *)
Ltac keep :=
  lazymatch goal with
  | |- ?P -> ?Q => let D := fresh "D" in intro D; keep; generalize D
  | |- _ => idtac
  end.

Ltac unroot k r :=
  repeat match goal with
  | |- context [sqrt ?q] =>
      replace (sqrt q) with (k * root r)
        by (symmetry; apply sqrt_out; [cases; nonnegative | intros; cases; equal])
  end;
  repeat match goal with
  | |- context [root (?a * ?b)] => rewrite (root_times a b) by nonnegative
  end.

Ltac unsquare k :=
  repeat match goal with
  | |- context [sqrt ?q] =>
      replace (sqrt q) with k
        by (symmetry; apply sqrt_is; [cases; nonnegative | intros; cases; equal])
  end.

(* The square of a root, of which the radicand is s * r. *)
Ltac know s r :=
  let W := fresh "W" in
  assert (W : root r * root r = r)
    by (apply root_square;
        first [ solve [nonnegative]
              | match goal with
                | D : 0 <= ?q |- _ =>
                    replace r with (q / s) by solve [equal]; apply divided; [exact D | positive]
                end ]).

(* A maximum or a minimum where the difference of its members is known. *)
Ltac differs d := apply (at_most _ _ d); [nonnegative | equal].

Ltac chosen d :=
  repeat match goal with
  | |- context [Rmax ?a ?b] =>
      first [rewrite (Rmax_left a b) by differs d | rewrite (Rmax_right a b) by differs d]
  | |- context [Rmin ?a ?b] =>
      first [rewrite (Rmin_left a b) by differs d | rewrite (Rmin_right a b) by differs d]
  end.

(* If a product is not 0, no factor is. *)
Ltac factors_nonzero :=
  repeat match goal with
  | H : ?a * ?b <> 0 |- _ =>
      assert (a <> 0) by (let E := fresh in intro E; apply H; rewrite E; ring);
      assert (b <> 0) by (let E := fresh in intro E; apply H; rewrite E; ring);
      clear H
  end.

(* What [nra] can work with: to it a quotient or a root is a name, and with many of them it comes to no end. *)
Ltac polynomials :=
  repeat match goal with
  | H : context [_ / _] |- _ => clear H
  | H : context [/ _] |- _ => clear H
  | H : context [root _] |- _ => clear H
  | H : context [sqrt _] |- _ => clear H
  end.

Ltac no_quotient :=
  lazymatch goal with
  | |- context [_ / _] => fail
  | |- context [/ _] => fail
  | |- context [root _] => fail
  | |- _ => polynomials
  end.

Ltac equal_by_squares :=
  factors_nonzero;
  first [ solve [equal]
        | match goal with W : root _ * root _ = _ |- _ => solve [field [W]; nonzeros] end
        | match goal with W : root _ * root _ = _, V : root _ * root _ = _ |- _ => solve [field [W V]; nonzeros] end
        | lazymatch goal with
          | W : root _ * root _ = _, V : root _ * root _ = _, U : root _ * root _ = _, T : root _ * root _ = _ |- _ =>
              solve [field [W V U T]; nonzeros]
          | W : root _ * root _ = _, V : root _ * root _ = _, U : root _ * root _ = _ |- _ =>
              solve [field [W V U]; nonzeros]
          end
        | exfalso; lra
        | exfalso; polynomials; nra
        | no_quotient; nra ].

Ltac sign := first [solve [positive] | solve [nonnegative] | nra].

(* The goal's sign from an equal quotient. *)
Ltac quotient_sign :=
  first [ solve [positive] | solve [nonnegative] | apply Rdiv_lt_0_compat; [first [positive | nra] | positive] ].

Ltac sign_as d :=
  match goal with
  | |- 0 < ?a => replace a with d by equal_by_squares; quotient_sign
  | |- 0 <= ?a => replace a with d by equal_by_squares; quotient_sign
  end.

(* What is known of the roots of numbers. *)
Ltac numeric_roots :=
  repeat match goal with
  | H : context [sqrt (IZR ?k)] |- _ =>
      lazymatch goal with
      | _ : sqrt (IZR k) * sqrt (IZR k) = _ |- _ => fail
      | |- _ => pose proof (sqrt_sqrt (IZR k) ltac:(lra)); pose proof (sqrt_pos (IZR k))
      end
  | |- context [sqrt (IZR ?k)] =>
      lazymatch goal with
      | _ : sqrt (IZR k) * sqrt (IZR k) = _ |- _ => fail
      | |- _ => pose proof (sqrt_sqrt (IZR k) ltac:(lra)); pose proof (sqrt_pos (IZR k))
      end
  end.

(* ------------------------------------------------------------------------------------------- numbers *)
Ltac numbers :=
  cbv zeta; repeat split; intros;
  first [ lia | lra | solve [cases; first [lra | positive | nonnegative | nonzero]] | positive | nonnegative
        | nonzero | nra | numeric_roots; nra ].

(* ------------------------------------------------------------------------------------------- induction *)
(* The induction hypothesis with its conditions, which hold for the steps before; those of this step stay. *)
Ltac keep_before IH :=
  lazymatch goal with
  | |- (forall k, (k < S ?n)%nat -> @?P k) -> ?Q =>
      let D := fresh "D" in
      intro D; specialize (IH (fun k below => D k (Nat.lt_lt_succ_r _ _ below)));
      keep_before IH; generalize (D n (Nat.lt_succ_diag_r n)); clear D
  | |- (forall k, (k <= S ?n)%nat -> @?P k) -> ?Q =>
      let D := fresh "D" in
      intro D; specialize (IH (fun k below => D k (Nat.le_le_succ_r _ _ below)));
      keep_before IH; generalize (D (S n) (Nat.le_refl _)); generalize (D n (Nat.le_succ_diag_r n)); clear D
  | |- _ => idtac
  end.

(* Every equation that is granted, put in. *)
Ltac granted :=
  repeat match goal with H : _ /\ _ |- _ => destruct H end;
  repeat match goal with H : ?a ?n = _ |- context [?a ?n] => is_var a; is_var n; rewrite H end.

Ltac state_sign := cases; sign.

Ltac kept_as d :=
  match goal with
  | |- 0 <= ?a => replace a with d by (cases; first [equal | exfalso; lra]); cases; nonnegative
  end.

Ltac conjuncts := repeat match goal with H : _ /\ _ |- _ => destruct H end.
