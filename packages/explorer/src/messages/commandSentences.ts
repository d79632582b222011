/**
 * What a command does, by `contract.command`: English, Chinese. `{sender}` signs, other members
 * are the command's parameters.
 */
export const commandSentences: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  'party-registry.register_party': ['{sender} registered {id}', '{sender} 登记 {id}'],
  'party-registry.add_key': ['{sender} added a key of {id}', '{sender} 为 {id} 增加密钥'],
  'party-registry.revoke_key': ['{sender} revoked a key of {id}', '{sender} 撤销 {id} 的密钥'],
  'party-registry.record_licence': [
    '{sender} recorded a licence of {id}',
    '{sender} 登记 {id} 的许可',
  ],
  'party-registry.flag_licence_expiry': [
    '{sender} flagged that a licence of {id} has ended',
    '{sender} 提示 {id} 的许可已到期',
  ],
  'party-registry.grant_role': ['{sender} granted {id} a role', '{sender} 授予 {id} 角色'],
  'party-registry.revoke_role': ['{sender} revoked a role of {id}', '{sender} 撤销 {id} 的角色'],
  'party-registry.suspend': ['{sender} suspended {id}', '{sender} 暂停 {id}'],
  'party-registry.reinstate': ['{sender} reinstated {id}', '{sender} 恢复 {id}'],
  'party-registry.declare_affiliation': [
    '{sender} declared its affiliation with {other}',
    '{sender} 申报与 {other} 的关联关系',
  ],
  'purchase-order.issue_order': [
    '{sender} ordered from {seller}: {id}',
    '{sender} 向 {seller} 下单：{id}',
  ],
  'purchase-order.accept_order': ['{sender} accepted {id}', '{sender} 接受 {id}'],
  'purchase-order.reject_order': ['{sender} declined {id}', '{sender} 拒绝 {id}'],
  'purchase-order.amend': ['{sender} asked to amend {id}', '{sender} 申请变更 {id}'],
  'purchase-order.cancel': ['{sender} asked to cancel {id}', '{sender} 申请取消 {id}'],
  'purchase-order.ship': ['{sender} shipped {id} for {order}', '{sender} 为 {order} 发运 {id}'],
  'purchase-order.hand_over': [
    '{sender} handed {id} over to {receiver}',
    '{sender} 将 {id} 交给 {receiver}',
  ],
  'purchase-order.accept_delivery': ['{sender} accepted the goods of {id}', '{sender} 验收 {id}'],
  'purchase-order.register_invoice': [
    '{sender} invoiced {buyer}: {id}',
    '{sender} 向 {buyer} 开票：{id}',
  ],
  'purchase-order.match': ['{sender} had {id} matched', '{sender} 对 {id} 进行三单匹配'],
  'purchase-order.confirm_invoice': ['{sender} confirmed {id}', '{sender} 确认 {id}'],
  'purchase-order.dispute': ['{sender} disputed {id}', '{sender} 对 {id} 提出争议'],
  'warehouse-receipt.create_lot': [
    '{sender} opened lot {id} of {sku}',
    '{sender} 建立 {sku} 批次 {id}',
  ],
  'warehouse-receipt.gate_in': [
    '{sender} weighed {quantity} into {id}',
    '{sender} 称重入库 {quantity} 至 {id}',
  ],
  'warehouse-receipt.issue': [
    '{sender} issued {id} over {quantity} to {holder}',
    '{sender} 向 {holder} 签发 {id}：{quantity}',
  ],
  'warehouse-receipt.transfer': ['{sender} endorsed {id} to {to}', '{sender} 将 {id} 背书给 {to}'],
  'warehouse-receipt.split': ['{sender} asked to split {id}', '{sender} 申请拆分 {id}'],
  'warehouse-receipt.merge': ['{sender} asked to merge receipts', '{sender} 申请合并仓单'],
  'warehouse-receipt.pledge': [
    '{sender} pledged {id} under {facility}',
    '{sender} 将 {id} 质押于 {facility}',
  ],
  'warehouse-receipt.release': ['{sender} released {id}', '{sender} 解除 {id} 的质押'],
  'warehouse-receipt.withdraw': [
    '{sender} asked for {quantity} of {id}',
    '{sender} 申请提取 {id} 项下 {quantity}',
  ],
  'warehouse-receipt.gate_out': [
    '{sender} let {weighed} of {id} out',
    '{sender} 放行 {id} 项下 {weighed}',
  ],
  'warehouse-receipt.freeze': ['{sender} froze {id}', '{sender} 冻结 {id}'],
  'warehouse-receipt.unfreeze': ['{sender} unfroze {id}', '{sender} 解冻 {id}'],
  'lien.create': [
    '{sender} granted a lien to {holder}: {id}',
    '{sender} 为 {holder} 设立担保：{id}',
  ],
  'lien.record_publicity': ['{sender} recorded the publicity of {id}', '{sender} 登记 {id} 的公示'],
  'lien.release': ['{sender} released {id}', '{sender} 解除 {id}'],
  'pledge-facility.apply': [
    '{sender} applied to {lender} for {limit}: {id}',
    '{sender} 向 {lender} 申请 {limit}：{id}',
  ],
  'pledge-facility.sign_agreement': [
    '{sender} signed the agreement of {id}',
    '{sender} 签署 {id} 协议',
  ],
  'pledge-facility.attest_control': [
    '{sender} attested control of the goods of {id}',
    '{sender} 证明控制 {id} 的货物',
  ],
  'pledge-facility.draw': [
    '{sender} asked to draw {amount} under {id}',
    '{sender} 在 {id} 下申请提款 {amount}',
  ],
  'pledge-facility.revalue': ['{sender} had {id} valued', '{sender} 对 {id} 估值'],
  'pledge-facility.repay': ['{sender} repaid {id} with {proof}', '{sender} 以 {proof} 偿还 {id}'],
  'pledge-facility.cure_cash': [
    '{sender} met the margin call on {id} with {proof}',
    '{sender} 以 {proof} 补足 {id}',
  ],
  'pledge-facility.cure_goods': [
    '{sender} met the margin call on {id} with goods',
    '{sender} 以货物补足 {id}',
  ],
  'pledge-facility.add_item': ['{sender} added goods to {id}', '{sender} 为 {id} 增加押品'],
  'pledge-facility.release_item': [
    '{sender} released {asset} from {id}',
    '{sender} 自 {id} 释放 {asset}',
  ],
  'pledge-facility.fail_cure': [
    '{sender} stated that {id} was not cured',
    '{sender} 确认 {id} 未补足',
  ],
  'pledge-facility.declare_default': [
    '{sender} declared {id} in default',
    '{sender} 宣告 {id} 违约',
  ],
  'pledge-facility.repay_and_release': ['{sender} closed {id}', '{sender} 结清 {id}'],
  'payment.submit_proof': [
    '{sender} proved that {payer} paid {payee} {amount}: {id}',
    '{sender} 证明 {payer} 已付 {payee} {amount}：{id}',
  ],
  'payment.allocate': ['{sender} allocated {id}', '{sender} 核销 {id}'],
  'payment.reverse_proof': ['{sender} reversed {id}', '{sender} 冲正 {id}'],
  'payment.flag_late_payment': ['{sender} noted that {id} is late', '{sender} 标记 {id} 逾期付款'],
  'payment.declare_payer': [
    '{sender} named {payer} as payer of {id}',
    '{sender} 指定 {payer} 代付 {id}',
  ],
  'price-feed.create_feed': ['{sender} opened price feed {id}', '{sender} 建立价格源 {id}'],
  'price-feed.submit_quote': [
    '{sender} quoted for {id}, round {round}',
    '{sender} 为 {id} 第 {round} 轮报价',
  ],
  'trace.record_event': ['{sender} recorded a physical event', '{sender} 登记物理事件'],
  'trace.link_event_to_lot': ['{sender} linked an event to {lot}', '{sender} 将事件关联至 {lot}'],
  'trace.register_location': ['{sender} registered location {gln}', '{sender} 登记地点 {gln}'],
  'trace.release_location': ['{sender} released location {gln}', '{sender} 释放地点 {gln}'],
  'trace.hand_over': [
    '{sender} handed {id} over to {receiver}',
    '{sender} 将 {id} 交给 {receiver}',
  ],
  'trace.refuse': ['{sender} refused {id}', '{sender} 拒收 {id}'],
  'receivable.issue': ['{sender} proposed {id}', '{sender} 提出 {id}'],
  'receivable.confirm': ['{sender} confirmed {id}', '{sender} 确权 {id}'],
  'receivable.split': ['{sender} split {id}', '{sender} 拆分 {id}'],
  'receivable.transfer': [
    '{sender} transferred {id} to {receiver}',
    '{sender} 将 {id} 转让给 {receiver}',
  ],
  'receivable.finance': ['{sender} offered to finance {id}', '{sender} 拟对 {id} 融资'],
  'receivable.complete_finance': [
    '{sender} paid out the finance of {id}',
    '{sender} 完成 {id} 的融资放款',
  ],
  'receivable.redeem': ['{sender} redeemed {id}', '{sender} 兑付 {id}'],
  'governance.propose': ['{sender} proposed {id}', '{sender} 提出提案 {id}'],
  'governance.vote': ['{sender} voted on {id}', '{sender} 对 {id} 表决'],
  'governance.activate': ['{sender} activated {id}', '{sender} 执行 {id}'],
  'party-registry.grant_view': [
    '{sender} showed {object} to {reader}',
    '{sender} 授权 {reader} 查看 {object}',
  ],
  'party-registry.revoke_view': [
    '{sender} no longer shows {object} to {reader}',
    '{sender} 撤回 {reader} 对 {object} 的查看',
  ],
  'purchase-order.end_order_finance': [
    '{sender} ended the finance of {id}',
    '{sender} 结束 {id} 的订单融资',
  ],
  'purchase-order.credit_note': [
    '{sender} credited {id} by note {number}',
    '{sender} 以贷项 {number} 冲减 {id}',
  ],
  'purchase-order.close_short': ['{sender} closed {id} short', '{sender} 提前关闭 {id}'],
  'purchase-order.finance_order': [
    '{sender} financed {id}: {advance}',
    '{sender} 对 {id} 融资 {advance}',
  ],
  'purchase-order.resolve': ['{sender} settled the dispute over {id}', '{sender} 解决 {id} 的争议'],
  'receivable.set_credit_line': [
    '{sender} set a line of {limit} for {debtor}',
    '{sender} 为 {debtor} 设定额度 {limit}',
  ],
  'receivable.record_registration': [
    '{sender} recorded the registration of {id}',
    '{sender} 登记 {id} 的公示',
  ],
  'receivable.abandon': ['{sender} gave up the finance of {id}', '{sender} 放弃 {id} 的融资'],
  'receivable.release': ['{sender} released {id}', '{sender} 解除 {id} 的担保'],
  'receivable.notify_debtor': [
    '{sender} notified the debtor of {id}',
    '{sender} 通知 {id} 的债务人',
  ],
  'receivable.acknowledge_notice': [
    '{sender} acknowledged the notice on {id}',
    '{sender} 确认 {id} 的通知',
  ],
  'receivable.mature': ['{sender} had {id} mature', '{sender} 使 {id} 到期'],
  'receivable.mark_overdue': ['{sender} marked {id} overdue', '{sender} 标记 {id} 逾期'],
  'receivable.exercise_recourse': ['{sender} claimed recourse for {id}', '{sender} 就 {id} 追索'],
  'receivable.complete_recourse': [
    '{sender} completed the recourse for {id}',
    '{sender} 完成 {id} 的追索',
  ],
  'receivable.flag_late_confirm': [
    '{sender} flagged that {id} is not confirmed',
    '{sender} 标记 {id} 逾期未确权',
  ],
  'receivable.record_knowledge': [
    '{sender} recorded what {party} knew of {id}',
    '{sender} 记录 {party} 对 {id} 的知情',
  ],
  'receivable.cancel': ['{sender} cancelled {id}', '{sender} 取消 {id}'],
  'receivable.pledge': [
    '{sender} offered to pledge {id} to {lender}',
    '{sender} 拟将 {id} 质押给 {lender}',
  ],
  'trace.open_lot': ['{sender} opened lot {id} of {sku}', '{sender} 建立 {sku} 批次 {id}'],
  'trace.commission': ['{sender} marked the units of {lot}', '{sender} 为 {lot} 赋码'],
  'trace.pack': ['{sender} packed units into {parent}', '{sender} 装箱 {parent}'],
  'trace.unpack': ['{sender} unpacked {parent}', '{sender} 拆箱 {parent}'],
  'trace.associate': ['{sender} tied {id} to {with}', '{sender} 将 {id} 与 {with} 关联'],
  'trace.dissociate': ['{sender} untied {id} from {with}', '{sender} 解除 {id} 与 {with} 的关联'],
  'trace.transform': ['{sender} transformed goods', '{sender} 加工转换货物'],
  'trace.release_lot': ['{sender} released lot {id}', '{sender} 签发批次 {id}'],
  'trace.refuse_lot': [
    '{sender} refused lot {id}: {reason}',
    '{sender} 不予签发批次 {id}：{reason}',
  ],
  'trace.direct_supply': [
    '{sender} directed the supply of {lot} to {clinic}',
    '{sender} 指定 {lot} 供应 {clinic}',
  ],
  'trace.ship': ['{sender} shipped {id} to {to}', '{sender} 将 {id} 发往 {to}'],
  'trace.receive': ['{sender} received {id}', '{sender} 接收 {id}'],
  'trace.dispense': ['{sender} dispensed {id}', '{sender} 使用 {id}'],
  'trace.quarantine': ['{sender} quarantined {id}: {reason}', '{sender} 隔离 {id}：{reason}'],
  'trace.qa_release': ['{sender} let {id} out of quarantine', '{sender} 解除 {id} 的隔离'],
  'trace.report_lost': ['{sender} reported {id} lost', '{sender} 报告 {id} 丢失'],
  'trace.recall': ['{sender} recalled {id}: {reason}', '{sender} 召回 {id}：{reason}'],
  'trace.file_report': ['{sender} filed a report on {id}', '{sender} 就 {id} 提交报告'],
  'trace.destroy': [
    '{sender} destroyed {id} before {witness}',
    '{sender} 在 {witness} 见证下销毁 {id}',
  ],
  'trace.agree_supply': [
    '{sender} agreed the supply of {lot} to {buyer}',
    '{sender} 约定向 {buyer} 供应 {lot}',
  ],
  'warehouse-receipt.expire_token': [
    '{sender} ended a release token of {id}',
    '{sender} 结束 {id} 的提货凭证',
  ],
  'warehouse-receipt.state_fee': [
    '{sender} stated a fee for {id}: {due}',
    '{sender} 申报 {id} 的仓储费 {due}',
  ],
  'warehouse-receipt.demand_collection': [
    '{sender} demanded that {id} be collected',
    '{sender} 催告提取 {id}',
  ],
  'warehouse-receipt.deposit': [
    '{sender} deposited the goods of {id} with {depositary}',
    '{sender} 将 {id} 的货物提存于 {depositary}',
  ],
  'warehouse-receipt.request_inspection': [
    '{sender} asked to inspect {id}',
    '{sender} 请求检查 {id}',
  ],
  'warehouse-receipt.request_sample': [
    '{sender} asked for a sample of {id}',
    '{sender} 请求 {id} 的样品',
  ],
  'warehouse-receipt.answer_request': [
    '{sender} answered a request on {id}',
    '{sender} 答复 {id} 的请求',
  ],
  'warehouse-receipt.flag_request': [
    '{sender} flagged an unanswered request on {id}',
    '{sender} 标记 {id} 逾期未答复的请求',
  ],
  'warehouse-receipt.report_damage': [
    '{sender} reported damage to {id}',
    '{sender} 报告 {id} 毁损',
  ],
  'warehouse-receipt.open_stocktake': [
    '{sender} began a stocktake of {id}',
    '{sender} 开始盘点 {id}',
  ],
  'warehouse-receipt.count': ['{sender} counted {id}', '{sender} 清点 {id}'],
  'warehouse-receipt.reconcile': [
    '{sender} compared {id} with the books',
    '{sender} 核对 {id} 账实',
  ],
  'warehouse-receipt.amend': [
    '{sender} amended {id}, anew as {reissuedAs}',
    '{sender} 变更 {id}，换发为 {reissuedAs}',
  ],
  'warehouse-receipt.sign_stocktake': [
    '{sender} signed a stocktake of {id}',
    '{sender} 签署 {id} 的盘点',
  ],
  'warehouse-receipt.cancel': ['{sender} cancelled {id}', '{sender} 注销 {id}'],
  'lien.report_external': [
    '{sender} reported the outside lien {id} on {asset}',
    '{sender} 申报 {asset} 上的外部担保 {id}',
  ],
  'lien.assert_retention': [
    '{sender} asserted a retention right in {asset}',
    '{sender} 对 {asset} 主张留置权',
  ],
  'lien.crystallise': ['{sender} had {id} crystallise', '{sender} 使 {id} 结晶'],
  'lien.enforce': ['{sender} enforced {id}', '{sender} 实现 {id}'],
  'lien.amend': ['{sender} amended {id}', '{sender} 变更 {id}'],
  'lien.extend': ['{sender} extended the registration of {id}', '{sender} 展期 {id} 的登记'],
  'pledge-facility.state_claim': [
    '{sender} stated its claim in {id}',
    '{sender} 在 {id} 中申报债权',
  ],
  'pledge-facility.distribute': [
    '{sender} distributed the proceeds of {id}',
    '{sender} 分配 {id} 的价款',
  ],
  'pledge-facility.record_costs': [
    '{sender} recorded costs of {amount} under {id}',
    '{sender} 在 {id} 下记入费用 {amount}',
  ],
  'pledge-facility.substitute': [
    '{sender} asked to exchange goods under {id}',
    '{sender} 申请置换 {id} 的押品',
  ],
  'pledge-facility.early_sale': [
    '{sender} sold goods of {id} early',
    '{sender} 提前变卖 {id} 的押品',
  ],
  'pledge-facility.open_enforcement': [
    '{sender} began to enforce {id}: {method}',
    '{sender} 启动 {id} 的处置：{method}',
  ],
  'pledge-facility.record_sale': [
    '{sender} recorded a sale under {id}',
    '{sender} 登记 {id} 的成交',
  ],
  'monitoring.submit_batch': [
    '{sender} submitted readings of {device}',
    '{sender} 提交 {device} 的读数',
  ],
  'monitoring.anchor_batch': [
    '{sender} anchored readings of {device}',
    '{sender} 锚定 {device} 的读数',
  ],
  'monitoring.check_silence': [
    '{sender} checked whether {device} is silent',
    '{sender} 检查 {device} 是否失联',
  ],
  'monitoring.set_rule': ['{sender} set the alert rule {id}', '{sender} 设定预警规则 {id}'],
  'monitoring.apply_profile': [
    '{sender} applied the profile {profile}',
    '{sender} 套用规则模板 {profile}',
  ],
  'monitoring.retire_rule': ['{sender} retired the alert rule {id}', '{sender} 停用预警规则 {id}'],
  'monitoring.acknowledge': ['{sender} acknowledged {id}', '{sender} 确认知悉 {id}'],
  'monitoring.escalate': ['{sender} escalated {id}', '{sender} 升级 {id}'],
  'monitoring.resolve': ['{sender} resolved {id}', '{sender} 处置 {id}'],
  'monitoring.bind_device': ['{sender} bound {id} to {asset}', '{sender} 将 {id} 绑定到 {asset}'],
  'monitoring.unbind_device': ['{sender} unbound {id}', '{sender} 解绑 {id}'],
  'monitoring.mark_false': [
    '{sender} marked {id} a false alarm: {reason}',
    '{sender} 标记 {id} 为误报：{reason}',
  ],
  'livestock.open_pen': ['{sender} opened pen {id}', '{sender} 建立栏舍 {id}'],
  'livestock.register': ['{sender} registered {id}', '{sender} 登记 {id}'],
  'livestock.sell': ['{sender} sold {id} to {buyer}', '{sender} 将 {id} 售予 {buyer}'],
  'livestock.cull': ['{sender} culled {id}', '{sender} 淘汰 {id}'],
  'livestock.report_missing': ['{sender} reported {id} missing', '{sender} 报告 {id} 失踪'],
  'livestock.record_count': [
    '{sender} counted {heads} head in {pen}',
    '{sender} 清点 {pen}：{heads} 头',
  ],
  'livestock.set_curve': [
    '{sender} set the weight curve of {species}',
    '{sender} 设定 {species} 的体重曲线',
  ],
  'livestock.bind_tag': ['{sender} put tag {tag} on {id}', '{sender} 为 {id} 佩戴耳标 {tag}'],
  'livestock.place': ['{sender} placed {id} in {pen}', '{sender} 将 {id} 放入 {pen}'],
  'livestock.retag': ['{sender} tagged {id} anew: {tag}', '{sender} 为 {id} 换标 {tag}'],
  'livestock.mortgage': [
    '{sender} mortgaged animals to {lender}',
    '{sender} 将活畜抵押给 {lender}',
  ],
  'livestock.substitute': ['{sender} put {by} in the place of {id}', '{sender} 以 {by} 替换 {id}'],
  'livestock.report_death': ['{sender} reported the death of {id}', '{sender} 报告 {id} 死亡'],
  'livestock.report_found': ['{sender} found {id} again', '{sender} 找回 {id}'],
  'custody-items.enrol': [
    '{sender} enrolled a person of {party} at {vault}',
    '{sender} 为 {vault} 登记 {party} 的人员',
  ],
  'custody-items.register': ['{sender} registered {id}: {title}', '{sender} 登记 {id}：{title}'],
  'custody-items.mark_overdue': ['{sender} marked {id} overdue', '{sender} 标记 {id} 逾期未还'],
  'custody-items.open_stocktake': [
    '{sender} began a stocktake of {vault}',
    '{sender} 开始盘点 {vault}',
  ],
  'custody-items.count': ['{sender} counted {vault}', '{sender} 清点 {vault}'],
  'custody-items.reconcile': [
    '{sender} compared {vault} with the books',
    '{sender} 核对 {vault} 账实',
  ],
  'custody-items.open_vault': ['{sender} opened vault {id}', '{sender} 开立库房 {id}'],
  'custody-items.put_in': ['{sender} put {id} in', '{sender} 将 {id} 入库'],
  'custody-items.return_in': ['{sender} returned {id}', '{sender} 归还 {id}'],
  'custody-items.check_out': ['{sender} checked {id} out to {to}', '{sender} 将 {id} 借出给 {to}'],
  'custody-items.release_final': ['{sender} released {id} for good', '{sender} 将 {id} 最终出库'],
  'custody-items.hand_over': ['{sender} handed {vault} over', '{sender} 交接 {vault}'],
  'custody-items.sign': ['{sender} signed a stocktake of {vault}', '{sender} 签署 {vault} 的盘点'],
  'custody-items.settle_difference': [
    '{sender} settled a difference in {vault}',
    '{sender} 处理 {vault} 的盘点差异',
  ],
  'governance.expire_proposal': [
    '{sender} ended {id}, which ran out of time',
    '{sender} 结束逾期的 {id}',
  ],
  'governance.anchor_access_log': ['{sender} anchored its access log', '{sender} 锚定访问日志'],
};

/** Commands that every contract has. */
export const sharedCommandSentences: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  countersign: ['{sender} countersigned {id}', '{sender} 会签 {id}'],
  reject: ['{sender} declined to sign {id}', '{sender} 拒签 {id}'],
  expire_pending: ['{sender} ended an unsigned step of {id}', '{sender} 结束 {id} 未签的步骤'],
  freeze: ['{sender} froze {id}', '{sender} 冻结 {id}'],
  unfreeze: ['{sender} unfroze {id}', '{sender} 解冻 {id}'],
};
